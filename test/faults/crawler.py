"""Writes to the database as the crawler does, until a file says to stop; tells what it went through."""

import json
import os
import sqlite3
import sys
import time

database, stop, *twins = sys.argv[1:]
connection = sqlite3.connect(database, timeout=5)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("INSERT OR IGNORE INTO tags (name) VALUES ('crawled')")
connection.commit()
written, errors, longest = [], [], 0.0
print("ready", flush=True)
number = 0
while not os.path.exists(stop):
    number += 1
    url = f"https://img7.indafoto.hu/5/7/7_{'ab' * 16}/{3000000 + number}_{'cd' * 16}_l.jpg"
    if number % 10 == 0 and twins:
        url = twins.pop()  # an image that the bundle brings, too
    began = time.monotonic()
    try:
        cursor = connection.execute("INSERT INTO images (url, title, author) VALUES (?, 'crawled', 'Crawler')", (url,))
        connection.execute("INSERT INTO image_tags SELECT ?, id FROM tags WHERE name = 'crawled'", (cursor.lastrowid,))
        connection.commit()
        written.append(url)
    except sqlite3.Error as error:
        connection.rollback()
        errors.append(str(error))
    longest = max(longest, time.monotonic() - began)
    time.sleep(0.002)
print(json.dumps({"written": written, "errors": errors, "longest": longest}), flush=True)
