// What a person does on each page, in their language: the pages' words find the buttons, fields go by what they are named.
import { expect } from '@playwright/test';
import { mailTo } from './mailbox.js';
import { ESTABLISHMENTS, PASSWORD } from './people.js';

export class Steps {
  constructor(page, say) {
    this.page = page;
    this.say = say;
  }

  /** The field of this name; of several answers, the one with this code. */
  field(name, code) {
    const code_ = code === undefined ? '' : `[value="${code}"]`;
    return this.page.locator(`main [name="${name}"]${code_}:not([type="hidden"])`);
  }

  /** The button with these words. */
  button(key, args) {
    return this.page.getByRole('button', { name: this.say(key, args), exact: true });
  }

  /** The link with these words. */
  link(key, args) {
    return this.page.getByRole('link', { name: this.say(key, args), exact: true });
  }

  /** Waits until the page with this title is shown, and nothing is wrong on it. */
  async at(key, args) {
    await expect(this.page).toHaveTitle(new RegExp(`^${escaped(this.say(key, args))}`));
  }

  next() {
    return this.button('portal-next').click();
  }

  previous() {
    return this.link('portal-previous').click();
  }

  async fillIdentity(person) {
    await this.field('profile', person.profile).check();
    await this.field('civility', person.civility).check();
    for (const name of ['last_name', 'first_name', 'email']) await this.field(name).fill(person[name]);
  }

  /** From the page of sign-in to the end of step 1. */
  async start(person) {
    await this.page.goto('/');
    await this.link('portal-sign-in-new-button').click();
    await this.at('portal-identity-title');
    await this.fillIdentity(person);
    await this.next();
  }

  async chooseTopics(...codes) {
    await this.at('portal-topics-title');
    for (const code of codes) await this.field('topics', code).check();
    await this.next();
  }

  async giveSiret(siret) {
    await this.at('portal-establishment-title');
    await this.field('siret').fill(siret);
    await this.next();
  }

  async giveNumber(number) {
    await this.at('portal-number-title');
    await this.fillNumber(number);
  }

  /** The same where the page may be shown for another time, with something wrong. */
  async fillNumber(number) {
    await this.field('number').fill(number);
    await this.next();
  }

  async giveIdcc(idcc) {
    await this.at('portal-agreement-title');
    await this.field('idcc').fill(idcc);
    await this.next();
  }

  /** What the page says is wrong: these fields and no others, each on top with a link to it, and beside itself. */
  async refused(...fields) {
    const { page } = this;
    await expect(page).toHaveTitle(new RegExp(`^${escaped(this.say('portal-error-prefix'))}`));
    const links = page.locator('main .wrong a[href^="#"]');
    const named = async () => [...new Set(await links.evaluateAll((all) => all.map((it) => it.hash.slice(1))))].sort();
    await expect.poll(named).toEqual([...fields].sort());
    for (const field of fields) await expect(page.locator(`[id="${field}-fault"]`)).toBeVisible();
  }

  /** What is wrong with a field, in these words. */
  async says(field, text) {
    await expect(this.page.locator(`[id="${field}-fault"]`)).toContainText(text);
  }

  /** Sends the form off from the page that shows all answers. */
  async confirm() {
    await this.at('portal-review-title');
    await this.button('portal-review-button').click();
  }

  /** A newcomer's whole form, up to the thank-you page. */
  async newcomerToThanks(person, establishment = ESTABLISHMENTS.member) {
    await this.start(person);
    await this.chooseTopics('payments');
    await this.giveSiret(establishment.siret);
    if (establishment.number) await this.giveNumber(establishment.number);
    else await this.giveIdcc(establishment.idcc);
    await this.confirm();
    await this.at('portal-thanks-title');
  }

  async choosePassword(password = PASSWORD, confirmation = password) {
    await this.field('password').fill(password);
    await this.field('confirmation').fill(confirmation);
    await this.button('portal-password-button').click();
  }

  /** Follows the newest link to an address, and chooses a password. */
  async followLink(email, seen = 0) {
    const { link } = await mailTo(email, seen);
    await this.page.goto(link);
    return link;
  }

  async signIn(email, password = PASSWORD) {
    await this.field('email').fill(email);
    await this.field('password').fill(password);
    await this.button('portal-sign-in-button').click();
  }

  /** An account with one establishment, from nothing; ends signed in. */
  async account(person, establishment) {
    await this.newcomerToThanks(person, establishment);
    await this.followLink(person.email);
    await this.choosePassword();
    await this.at('portal-sign-in-title');
    await this.signIn(person.email);
    await expect(this.page).toHaveURL(/\/espace/);
  }
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
