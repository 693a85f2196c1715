// Keeps the list as it is in the database, by server-sent events.
"use strict";

const list = () => document.getElementById("list");

// belongs tells whether a line is for this page: below where the page begins, and not below where it ends.
function belongs(id, following) {
	const before = Number(list().dataset.before);
	const aboveTheEnd = following || !document.getElementById("older");
	return (before === 0 || id < before) && aboveTheEnd;
}

// put shows a new or changed line, whose HTML the server has escaped, at its place: the newest come first.
function put(html) {
	const template = document.createElement("template");
	template.innerHTML = html;
	const line = template.content.firstElementChild;
	const known = document.getElementById(line.id);
	if (known) {
		known.replaceWith(line);
		return;
	}
	const id = Number(line.dataset.id);
	const lines = list().querySelector("ol");
	const following = [...lines.children].find((other) => Number(other.dataset.id) < id) ?? null;
	if (belongs(id, following)) {
		lines.insertBefore(line, following);
	}
}

// While the list is being loaded, events may be newer than what comes: then it is loaded once more.
let loading = false;
let outdated = false;

async function load() {
	outdated = true;
	if (loading) {
		return;
	}
	loading = true;
	while (outdated) {
		outdated = false;
		try {
			await replaceList();
		} catch {
			outdated = true;
			await new Promise((resume) => setTimeout(resume, 1000));
		}
	}
	loading = false;
}

// replaceList reads the list from the server and leaves the form, in which somebody may be writing, alone.
async function replaceList() {
	const answer = await fetch(list().dataset.url);
	if (!answer.ok) {
		throw new Error(answer.statusText);
	}
	const read = new DOMParser().parseFromString(await answer.text(), "text/html");
	list().replaceWith(read.getElementById("list"));
}

function follow() {
	const connection = document.getElementById("connection");
	// After a cut the browser connects again by itself and says what it has seen last.
	const events = new EventSource("/events?after=" + encodeURIComponent(list().dataset.position));
	events.onopen = () => { connection.textContent = "live"; };
	events.onerror = () => { connection.textContent = "connecting …"; };
	events.addEventListener("reload", load);
	events.addEventListener("talk", (event) => { outdated = loading; put(event.data); });
	events.addEventListener("gone", (event) => {
		outdated = loading;
		document.getElementById("talk-" + event.data)?.remove();
	});
}

follow();
