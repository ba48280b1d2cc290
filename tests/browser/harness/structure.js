// What every page must be, whatever it says, and what axe-core does not ask.

/** Everything about the page's structure that is not as it must be. */
export function structureFaults(page, language) {
  return page.evaluate((language) => {
    const faults = [];
    const must = (right, what) => right || faults.push(what);
    const all = (selector) => [...document.querySelectorAll(selector)];
    const seen = (element) => element.getClientRects().length > 0;

    must(document.doctype?.name === 'html', 'a doctype');
    must(document.documentElement.lang === language, `the language ${language}`);
    must(document.head.firstElementChild?.matches('meta[charset="utf-8"]'), 'the character set first');
    const viewport = document.querySelector('meta[name="viewport"]')?.content ?? '';
    must(viewport.includes('width=device-width') && !/user-scalable|maximum-scale/.test(viewport), 'a viewport that can be enlarged');
    must(/\S – \S/.test(document.title), 'a title with the name of the space');

    must(all('h1').filter(seen).length === 1, 'one first heading');
    let level = 0;
    // What is wrong stands above all else, the first heading included.
    for (const heading of all('h1, h2, h3, h4, h5, h6').filter((it) => seen(it) && !it.closest('.wrong'))) {
      const own = Number(heading.tagName[1]);
      must(own <= level + 1, `a heading that skips a level: ${heading.textContent}`);
      level = own;
    }
    must(all('main').length === 1 && all('body > header').length === 1 && all('body > footer').length === 1, 'header, main, footer');
    must(document.querySelector('body a[href]')?.getAttribute('href') === `#${document.querySelector('main')?.id}`, 'a first link to the content');

    for (const it of all('style, script:not([src]), [style]:not([style=""])')) must(false, `nothing inline: ${it.outerHTML.slice(0, 80)}`);
    for (const it of all('*')) for (const { name } of it.attributes) must(!name.startsWith('on'), `no ${name} on <${it.localName}>`);
    for (const it of all('[placeholder]')) must(false, `no placeholder on ${it.name}`);
    const warned = (it) => /nouvel onglet|nouvelle fenêtre|new tab|new window/i.test(it.textContent);
    for (const it of all('[target]')) must(warned(it), `a new window is announced: ${it.outerHTML.slice(0, 80)}`);
    for (const it of all('[tabindex]')) must(it.tabIndex <= 0, `no tab order of its own: ${it.outerHTML.slice(0, 80)}`);
    for (const it of all('form')) must(it.method === 'get' || it.hasAttribute('action'), `a form says where it goes: ${it.outerHTML.slice(0, 80)}`);

    // What is wrong: told on top with links that lead to fields, each of which says so itself; and the title says it first.
    const wrong = all('[aria-invalid="true"]');
    const prefix = { fr: 'Erreur', en: 'Error' }[language];
    if (wrong.length > 0) must(document.title.startsWith(prefix), 'a title that begins with the word for error');
    for (const field of wrong) {
      must(document.querySelector(`main a[href="#${field.id}"]`), `a link to what is wrong: ${field.name}`);
      const told = (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id));
      must(told.length > 0 && told.every((it) => it?.textContent.trim()), `a description of what is wrong: ${field.name}`);
    }
    return faults;
  }, language);
}
