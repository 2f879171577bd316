// Two real posts on loopback, made and served by the program as anybody would make them.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeAnswer } from "./contract.mjs";

export const PROGRAM = process.env.TWINPOST ?? "build/twinpost";
export const ROLES = { rep: "R1", assist: "R3", duty: "R7", dpo: "R10", shield: "R11" };

const environment = (more) => ({ ...process.env, ...more });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function twinpost(args, env = {}) {
  return execFileSync(PROGRAM, args, { encoding: "utf8", env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// One request as bytes, without anything a browser or fetch would add or hide.
export function request(client, options, body) {
  return new Promise((done, failed) => {
    const sent = client.request({ host: "127.0.0.1", agent: false, ...options }, (answer) => {
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => {
        const bytes = Buffer.concat(pieces);
        const type = answer.headers["content-type"] ?? "";
        done({ status: answer.statusCode, headers: answer.headers, type, bytes, json: type.endsWith("json") && bytes.length ? JSON.parse(bytes) : null });
      });
      answer.on("error", failed);
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

export class Post {
  constructor(folder, party) {
    this.party = party;
    this.dir = join(folder, party);
    this.cookies = {};
    this.said = "";
  }

  async make(officers) {
    this.port = await freePort();
    this.peerPort = await freePort();
    twinpost(["init", this.dir, "--party", this.party, "--pack", "lv-by"]);
    for (const name of officers)
      twinpost(["officer", "add", this.dir, `${this.party}.${name}`, "--name", `Officer ${name}`, ...(ROLES[name] ? ["--role", ROLES[name]] : [])],
        { TWINPOST_NEW_PASSWORD: `secret ${this.party}.${name}` });
    this.card = `${this.dir}.card`;
    writeFileSync(this.card, twinpost(["card", this.dir, "--address", `127.0.0.1:${this.peerPort}`]));
  }

  async start(more = []) {
    this.process = spawn(PROGRAM, ["serve", this.dir, "--http", `127.0.0.1:${this.port}`, "--peer", `127.0.0.1:${this.peerPort}`, ...more],
      { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
    this.process.stderr.on("data", (piece) => { this.said += piece; });
    this.ended = new Promise((done) => this.process.once("exit", (code, signal) => done({ code, signal })));
    for (let i = 0; i < 200; i++) {
      const health = await this.call("GET", "health").catch(() => null);
      if (health?.status === 200) return;
      await pause(25);
    }
    throw new Error(`the post ${this.party} does not serve: ${this.said}`);
  }

  async stop(signal = "SIGTERM") {
    if (!this.process) return null;
    this.process.kill(signal);
    this.process = null;
    return this.ended;
  }

  // A call of the JSON API as an officer (or nobody). Whatever comes back must be promised by the contract.
  async call(method, path, { as, body, headers = {} } = {}) {
    const all = { ...headers };
    if (as) all.Cookie ??= this.cookies[as];
    const text = body === undefined ? undefined : JSON.stringify(body);
    if (text !== undefined) {
      all["Content-Type"] ??= "application/json";
      all["Content-Length"] = Buffer.byteLength(text);
    } else if (method === "POST") all["Content-Length"] = 0;
    const url = path.startsWith("/") ? path : `/api/v1/${path}`;
    const answer = await request(http, { port: this.port, method, path: url, headers: all }, text);
    judgeAnswer(method, url, answer);
    return answer;
  }

  async signIn(name, password = `secret ${this.party}.${name}`) {
    const answer = await this.call("POST", "session", { body: { officer: `${this.party}.${name}`, password } });
    if (answer.status === 200) this.cookies[name] = answer.headers["set-cookie"][0].split(";")[0];
    return answer;
  }

  async get(as, path) {
    const answer = await this.call("GET", path, { as });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.bytes}`);
    return answer.json;
  }

  // States a fact; the answer is {ref, case}. Anything but 201 is an error that names the reason.
  async state(as, kind, number, fields) {
    const answer = await this.call("POST", "facts", { as, body: { kind, case: number, fields } });
    if (answer.status !== 201) throw new Error(`${kind}: ${answer.status} ${answer.bytes}`);
    return answer.json;
  }

  // A request on the neighbours' port with somebody's TLS identity (null: none).
  async peer(path, { method = "POST", identity, body, ...tls } = {}) {
    const keys = identity ? { cert: readFileSync(`${identity.dir}/keys/tls.crt`), key: readFileSync(`${identity.dir}/keys/tls.key`) } : {};
    const headers = body === undefined ? {} : { "Content-Type": "application/octet-stream", "Content-Length": body.length };
    const answer = await request(https, { port: this.peerPort, method, path, headers, rejectUnauthorized: false, ...keys, ...tls }, body);
    judgeAnswer(method, path, answer);
    return answer;
  }
}

export async function makePosts(parties, officers = Object.keys(ROLES)) {
  const folder = mkdtempSync(join(tmpdir(), "twinpost-api-"));
  const posts = parties.map((party) => new Post(folder, party));
  for (const post of posts) await post.make(officers);
  for (const a of posts) for (const b of posts) if (a !== b) twinpost(["pair", a.dir, b.card]);
  const end = async () => {
    for (const post of posts) await post.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, posts, end };
}

// Waits until `look` gives something true; says what was waited for when it does not.
export async function until(what, look, ms = 8000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(50);
  }
}

export const INCIDENT = {
  type: "I05", happened_from: "2026-11-20T06:58:00Z", noticed_at: "2026-11-20T07:00:00Z", section: "silene",
  "summary.ru": "Двое военнослужащих вышли на два метра за линию.",
};
