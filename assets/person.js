// Remembers the name of the person in this browser; an empty one is forgotten.
export default function ({ data }) {
  const age = data.name ? 31536000 : 0
  document.cookie = `${data.cookie}=${encodeURIComponent(data.name)}; path=/; max-age=${age}; SameSite=Lax`
}
