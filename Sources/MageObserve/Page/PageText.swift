/// The page itself. Its script writes what it is told as text and never as markup.
enum PageText {
  static let html = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Mage</title>
    <link rel="stylesheet" href="page.css">
    </head>
    <body>
    <header><h1>Mage</h1><p id="host">connecting …</p></header>
    <main>
    <section><h2>Processes and pipes</h2><svg id="tree" role="img" aria-label="The host, its templates and workers, and the pipes between them"></svg></section>
    <section><h2>Workers</h2><table id="workers"></table></section>
    <section><h2>Pools</h2><table id="pools"></table></section>
    <section><h2>Endings</h2><p id="endings"></p><table id="ended"></table></section>
    </main>
    <script src="page.js"></script>
    </body>
    </html>

    """

  static let style = """
    :root { color-scheme: light dark; --ink: #1d2733; --soft: #67788a; --line: #d5dde5; --page: #f6f8fa; --card: #fff;
      --host: #34506b; --template: #8a6fb5; --worker: #2f7d5b; --idle: #9aa9b8; --bad: #b3412f; }
    @media (prefers-color-scheme: dark) { :root { --ink: #dfe6ed; --soft: #93a3b3; --line: #33404d; --page: #14191f;
      --card: #1c232b; --host: #6f9cc7; --template: #b79be0; --worker: #58b98c; --idle: #5a6977; --bad: #e0735f; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
    header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 1em; padding: 1rem 1.5rem 0; }
    h1 { font-size: 1.3rem; margin: 0; } h2 { font-size: .95rem; margin: 0 0 .6rem; color: var(--soft); }
    header p { margin: 0; color: var(--soft); } header p.lost { color: var(--bad); }
    main { display: grid; gap: 1rem; padding: 1rem 1.5rem 2rem; }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
    th { color: var(--soft); font-weight: 500; } td.text, th.text { text-align: left; }
    td.long { white-space: normal; overflow-wrap: anywhere; } tr:last-child td { border-bottom: 0; }
    svg { display: block; min-width: 100%; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
    svg .small { fill: var(--soft); font-size: 11px; }
    svg rect { fill: var(--card); stroke-width: 1.5; } .host { stroke: var(--host); } .template { stroke: var(--template); }
    .worker, .fork { stroke: var(--worker); } .ready { stroke: var(--idle); stroke-dasharray: 4 3; }
    svg path { fill: none; } .pipe { stroke: var(--worker); opacity: .75; } .quiet { stroke: var(--idle); }
    .forked { stroke: var(--template); stroke-dasharray: 2 4; } .link { stroke: var(--bad); stroke-dasharray: 6 4; }

    """

  static let script = #"""
    'use strict';
    const svgNames = 'http://www.w3.org/2000/svg';
    const find = (id) => document.getElementById(id);
    let before = null;

    const make = (name, attributes, text) => {
      const node = document.createElementNS(svgNames, name);
      for (const key in attributes) node.setAttribute(key, attributes[key]);
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const bytes = (n) => {
      const units = ['B', 'KiB', 'MiB', 'GiB'];
      let unit = 0;
      while (n >= 1024 && unit < 3) { n /= 1024; unit += 1; }
      return n.toFixed(unit === 0 || n >= 100 ? 0 : 1) + ' ' + units[unit];
    };
    const time = (s) => s < 1 ? (s * 1000).toFixed(1) + ' ms' : s < 120 ? s.toFixed(1) + ' s'
      : Math.floor(s / 60) + ' min';

    // Rates are what changed between two snapshots.
    const rates = (now) => {
      const seconds = before ? Math.max(now.uptime - before.uptime, 0.001) : null;
      const old = new Map((before ? before.workers : []).map((w) => [w.number, w]));
      for (const worker of now.workers) {
        const was = old.get(worker.number);
        const span = was ? seconds : Math.max(worker.age, 0.001);
        const rate = (key) => (worker[key] - (was ? was[key] : 0)) / span;
        worker.calls = rate('callsAnswered');
        worker.bytes = rate('bytesReceived') + rate('bytesSent');
        worker.load = rate('cpu') * 100;
      }
    };

    const table = (id, heads, rows) => {
      const body = rows.map((row) => {
        const line = document.createElement('tr');
        row.forEach((value, index) => {
          const cell = document.createElement('td');
          cell.textContent = value;
          if (heads[index][1]) cell.className = heads[index][1];
          line.append(cell);
        });
        return line;
      });
      const head = document.createElement('tr');
      for (const [name, kind] of heads) {
        const cell = document.createElement('th');
        cell.textContent = name;
        if (kind) cell.className = 'text';
        head.append(cell);
      }
      find(id).replaceChildren(head, ...body);
    };

    // The host on the left, what it started in the middle, what was forked from that on the right.
    const draw = (now) => {
      const width = 230, height = 44, gap = 12, columns = [10, 340, 670];
      const row = (index) => 10 + index * (height + gap);
      const places = new Map();
      const direct = now.workers.filter((w) => w.role !== 'fork');
      const templates = new Set(direct.filter((w) => w.role === 'template').map((w) => w.number));
      let line = 0;
      for (const worker of direct) {
        const forks = now.workers.filter((w) => w.template === worker.number);
        places.set(worker.number, [columns[1], row(line)]);
        forks.forEach((fork, index) => places.set(fork.number, [columns[2], row(line + index)]));
        line += Math.max(1, forks.length);
      }
      for (const worker of now.workers) {
        if (places.has(worker.number)) continue;  // a fork whose template has ended
        places.set(worker.number, [columns[2], row(line)]);
        line += 1;
      }
      const total = Math.max(line, 1);
      const hostPlace = [columns[0], row(0)];
      const nodes = [], lines = [];
      const box = ([x, y], kind, title, detail) => {
        nodes.push(make('rect', { x, y, width, height, rx: 6, class: kind }));
        nodes.push(make('text', { x: x + 10, y: y + 18 }, title.length > 30 ? title.slice(0, 29) + '…' : title));
        nodes.push(make('text', { x: x + 10, y: y + 34, class: 'small' }, detail));
      };
      const curve = ([x1, y1], [x2, y2], kind, thickness) => {
        const a = x1 + width, b = y1 + height / 2, d = y2 + height / 2, mid = (a + x2) / 2;
        lines.push(make('path', { d: `M${a} ${b} C${mid} ${b} ${mid} ${d} ${x2} ${d}`,
          class: kind, 'stroke-width': thickness }));
      };
      box(hostPlace, 'host', 'host ' + now.pid, 'up ' + time(now.uptime));
      for (const worker of now.workers) {
        const place = places.get(worker.number);
        const detail = worker.role === 'template' ? worker.policy + ', ' + bytes(worker.memory)
          : worker.serving ? worker.calls.toFixed(1) + ' calls/s, ' + worker.pipes + (worker.pipes === 1 ? ' pipe' : ' pipes')
          : 'kept ready';
        const kind = worker.role !== 'template' && !worker.serving ? 'ready' : worker.role;
        box(place, kind, worker.kind + ' #' + worker.number, detail);
        if (worker.role === 'template') curve(hostPlace, place, 'quiet', 1);
        else curve(hostPlace, place, worker.calls > 0 ? 'pipe' : 'quiet', 1 + Math.min(5, Math.log10(1 + worker.calls)));
        if (templates.has(worker.template)) curve(places.get(worker.template), place, 'forked', 1.5);
      }
      for (const [first, second] of now.links) {
        const a = places.get(first), b = places.get(second);
        if (!a || !b) continue;
        const x = Math.max(a[0], b[0]) + width, y1 = a[1] + height / 2, y2 = b[1] + height / 2;
        lines.push(make('path', { d: `M${a[0] + width} ${y1} C${x + 60} ${y1} ${x + 60} ${y2} ${b[0] + width} ${y2}`,
          class: 'link', 'stroke-width': 2 }));
      }
      const svg = find('tree');
      svg.setAttribute('width', columns[2] + width + 80);
      svg.setAttribute('height', row(total));
      svg.replaceChildren(...lines, ...nodes);
    };

    const show = (now) => {
      rates(now);
      find('host').textContent = `host ${now.pid}, up ${time(now.uptime)}, ${now.workers.length} processes, `
        + `${now.totals.started} started, ${now.totals.callsAnswered} calls answered`;
      find('host').className = '';
      draw(now);
      table('workers', [['kind', 'text'], ['number'], ['pid'], ['policy', 'text'], ['role', 'text'], ['age'], ['cpu'], ['memory'],
        ['calls/s'], ['open'], ['traffic/s'], ['queued'], ['pipes']],
        now.workers.map((w) => [w.kind, w.number, w.process, w.policy, w.role === 'fork' && !w.serving ? 'kept ready' : w.role,
          time(w.age), w.load.toFixed(0) + ' %', bytes(w.memory), w.calls.toFixed(1), w.callsOpen, bytes(w.bytes), bytes(w.queued), w.pipes]));
      table('pools', [['kind', 'text'], ['workers'], ['in use'], ['starting'], ['callers waiting'], ['suspect inputs'], ['state', 'text']],
        now.pools.map((p) => [p.kind, p.workers, p.lent, p.starting, p.waiting, p.refusedInputs,
          p.hasGivenUp ? 'cannot start' : 'works']));
      find('endings').textContent = Object.entries(now.totals.endings).map(([name, n]) => n + ' ' + name).join(', ')
        || 'none yet';
      table('ended', [['kind', 'text'], ['number'], ['at'], ['lived'], ['cpu'], ['peak'], ['how', 'text long']],
        now.ended.slice().reverse().slice(0, 12).map((e) => [e.kind, e.number, time(e.time), time(e.wall), time(e.cpu), bytes(e.memory), e.text]));
      before = now;
    };

    const look = async () => {
      try {
        const answer = await fetch('snapshot', { cache: 'no-store' });
        if (!answer.ok) throw new Error('status ' + answer.status);
        show(await answer.json());
      } catch (error) {
        find('host').textContent = 'the host does not answer: ' + error.message;
        find('host').className = 'lost';
      }
      setTimeout(look, 1000);
    };
    look();

    """#
}
