BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE event (
	id INTEGER NOT NULL, 
	sentence_id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	author TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	edits TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (sentence_id, revision), 
	FOREIGN KEY(sentence_id) REFERENCES sentence (id)
);
INSERT INTO "event" VALUES(1,1,1,'label Roma ORG','Ana','2026-11-21T11:16:52.409164+00:00','{"checked": false, "target_entities": [{"start": 0, "end": 1, "label": "PER", "score": 0.5, "origin": "projected"}, {"start": 4, "end": 5, "label": "ORG", "origin": "human"}]}');
INSERT INTO "event" VALUES(2,1,2,'link','','2026-11-21T11:16:52.410886+00:00','{"checked": false, "target_entities": [{"start": 0, "end": 1, "label": "PER", "score": 0.5, "origin": "projected"}, {"start": 4, "end": 5, "label": "ORG", "origin": "human"}], "alignment": {"links": [[0, 0, 0.25], [1, 1], [2, 2], [3, 3], [4, 4]], "possible": [], "words": [5, 5]}}');
INSERT INTO "event" VALUES(3,1,3,'undo','','2026-11-21T11:16:52.413138+00:00','{"checked": false, "target_entities": [{"start": 0, "end": 1, "label": "PER", "score": 0.5, "origin": "projected"}, {"start": 4, "end": 5, "label": "ORG", "origin": "human"}]}');
INSERT INTO "event" VALUES(4,1,4,'redo','','2026-11-21T11:16:52.414700+00:00','{"checked": false, "target_entities": [{"start": 0, "end": 1, "label": "PER", "score": 0.5, "origin": "projected"}, {"start": 4, "end": 5, "label": "ORG", "origin": "human"}], "alignment": {"links": [[0, 0, 0.25], [1, 1], [2, 2], [3, 3], [4, 4]], "possible": [], "words": [5, 5]}}');
INSERT INTO "event" VALUES(5,1,5,'check','Ana','2026-11-21T11:16:52.415918+00:00','{"checked": true, "target_entities": [{"start": 0, "end": 1, "label": "PER", "score": 0.5, "origin": "projected"}, {"start": 4, "end": 5, "label": "ORG", "origin": "human"}], "alignment": {"links": [[0, 0, 0.25], [1, 1], [2, 2], [3, 3], [4, 4]], "possible": [], "words": [5, 5]}}');
INSERT INTO "event" VALUES(6,2,1,'text','','2026-11-21T11:16:52.416944+00:00','{"checked": false, "source_entities": [{"start": 0, "end": 1, "label": "PER"}, {"start": 1, "end": 2, "label": "X", "origin": "human"}, {"start": 2, "end": 3, "label": "PER"}, {"start": 4, "end": 5, "label": "LOC"}], "target": {"language": "pt", "text": "Ann viu Bob 👩‍👧 Roma", "tokens": ["Ann", "viu", "Bob", "👩‍👧", "Roma"], "entities": []}}');
INSERT INTO "event" VALUES(7,2,2,'restore 0','','2026-11-21T11:16:52.418248+00:00','{"checked": false}');
CREATE TABLE project (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	setup TEXT NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	deleted_at VARCHAR(32), 
	document_name TEXT NOT NULL, 
	document BLOB, 
	PRIMARY KEY (id)
);
INSERT INTO "project" VALUES(1,'News <b>','{"source_language": "en", "target_language": "pt", "direction": "translate-train", "translator": "given", "recognizer": "given", "aligner": "given", "methods": ["span-matching"], "options": {}, "target_recognizer": "given"}','2026-11-21T11:16:52.402263+00:00',NULL,'news.conll',X'FF00726177');
INSERT INTO "project" VALUES(2,'Gone','{"source_language": "en", "target_language": "pt", "direction": "translate-train", "translator": "given", "recognizer": "given", "aligner": "given", "methods": ["span-matching"], "options": {}, "target_recognizer": "given"}','2026-11-21T11:16:52.405319+00:00','2026-11-21T11:16:52.406609+00:00','',NULL);
CREATE TABLE sentence (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	task TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	edits TEXT, 
	checked BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (project_id, position), 
	FOREIGN KEY(project_id) REFERENCES project (id)
);
INSERT INTO "sentence" VALUES(1,1,0,'{"labelled": true, "source": {"id": "7", "language": "en", "text": "Ann met Bob in Rome", "tokens": ["Ann", "met", "Bob", "in", "Rome"], "entities": [{"start": 0, "end": 1, "label": "PER"}, {"start": 2, "end": 3, "label": "PER"}, {"start": 4, "end": 5, "label": "LOC"}]}, "target": {"language": "pt", "text": "Ann viu Bob \ud83d\udc69\u200d\ud83d\udc67 Roma", "tokens": ["Ann", "viu", "Bob", "\ud83d\udc69\u200d\ud83d\udc67", "Roma"], "entities": []}, "alignment": {"links": [[0, 0, 0.25], [1, 1], [2, 2], [3, 3], [4, 4]], "possible": [], "words": [5, 5]}}',5,'{"checked": true, "target_entities": [{"start": 0, "end": 1, "label": "PER", "score": 0.5, "origin": "projected"}, {"start": 4, "end": 5, "label": "ORG", "origin": "human"}], "alignment": {"links": [[0, 0, 0.25], [1, 1], [2, 2], [3, 3], [4, 4]], "possible": [], "words": [5, 5]}}',1);
INSERT INTO "sentence" VALUES(2,1,1,'{"labelled": false, "source": {"id": "7", "language": "en", "text": "Ann met Bob in Rome", "tokens": ["Ann", "met", "Bob", "in", "Rome"], "entities": [{"start": 0, "end": 1, "label": "PER"}, {"start": 2, "end": 3, "label": "PER"}, {"start": 4, "end": 5, "label": "LOC"}]}}',2,'{"checked": false}',0);
INSERT INTO "sentence" VALUES(3,1,2,'{"labelled": true, "source": {"id": "7", "language": "en", "text": "Ann met Bob in Rome", "tokens": ["Ann", "met", "Bob", "in", "Rome"], "entities": [{"start": 0, "end": 1, "label": "PER"}, {"start": 2, "end": 3, "label": "PER"}, {"start": 4, "end": 5, "label": "LOC"}]}, "target": {"language": "pt", "text": "Ann viu Bob \ud83d\udc69\u200d\ud83d\udc67 Roma", "tokens": ["Ann", "viu", "Bob", "\ud83d\udc69\u200d\ud83d\udc67", "Roma"], "entities": []}}',0,NULL,0);
INSERT INTO "sentence" VALUES(4,2,0,'{"labelled": false, "target": {"language": "pt", "text": "Ann viu Bob \ud83d\udc69\u200d\ud83d\udc67 Roma", "tokens": ["Ann", "viu", "Bob", "\ud83d\udc69\u200d\ud83d\udc67", "Roma"], "entities": []}}',0,NULL,0);
COMMIT;
