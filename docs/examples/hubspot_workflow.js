// HubSpot: a custom code action (Node.js) of a deal workflow that begins when the deal stage becomes "Closed won".
//
// Secrets: BATON_URL, BATON_WEBHOOK_SECRET (whsec_…), HUBSPOT_TOKEN (a private app that may read deals, companies, owners).
// Properties to include in code: hs_object_id, dealname, amount, deal_currency_code, closedate, hubspot_owner_id, description,
// hs_lastmodifieddate, hs_primary_associated_company.
//
// HubSpot runs the action again when it throws; the id is made from the deal's last change, so that it acts once.
const crypto = require("crypto");

/**
 * @typedef {{id: string, name: string, domain?: string, segment?: string, region?: string}} Account
 * @typedef {{id: string, name: string, account: Account, closed_at: string, owner_email: string, amount?: string,
 *   currency?: string, crm_url?: string, notes?: string}} DealWon
 */

/**
 * Send one event; resolves to Baton's answer, rejects when it was not taken in.
 * @param {string} url @param {string} secret @param {string} id @param {string} type @param {string} timestamp
 * @param {DealWon} data
 */
async function send(url, secret, id, type, timestamp, data) {
  const body = JSON.stringify({ type, timestamp, data });
  const seconds = Math.floor(Date.now() / 1000).toString();
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = crypto.createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  const answer = await fetch(`${url}/webhooks/baton`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": seconds,
      "webhook-signature": `v1,${signature}`,
    },
    body,
  });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`Baton answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** HubSpot writes times as milliseconds, or as ISO 8601. @param {string} value */
function moment(value) {
  return new Date(/^\d+$/.test(value) ? Number(value) : value).toISOString();
}

/** One thing from HubSpot's API. @param {string} path */
async function ask(path) {
  const answer = await fetch(`https://api.hubapi.com${path}`, {
    headers: { authorization: `Bearer ${process.env.HUBSPOT_TOKEN}` },
  });
  if (!answer.ok) throw new Error(`HubSpot answered ${answer.status} to ${path}`);
  return answer.json();
}

/**
 * The deal as Baton reads it.
 * @param {Record<string, string>} deal @param {{email: string}} owner
 * @param {{id: string, properties: Record<string, string>}} company @param {number} portal
 * @returns {DealWon}
 */
function dealWon(deal, owner, company, portal) {
  return {
    id: `hubspot-${deal.hs_object_id}`,
    name: deal.dealname,
    account: {
      id: `hubspot-${company.id}`,
      name: company.properties.name,
      domain: company.properties.domain || "",
      segment: company.properties.industry || "",
      region: company.properties.country || "",
    },
    amount: deal.amount || undefined,
    currency: deal.deal_currency_code || "",
    closed_at: moment(deal.closedate),
    owner_email: owner.email,
    crm_url: `https://app.hubspot.com/contacts/${portal}/record/0-3/${deal.hs_object_id}`,
    notes: deal.description || "",
  };
}

exports.main = async (event, callback) => {
  const deal = event.inputFields;
  const owner = await ask(`/crm/v3/owners/${deal.hubspot_owner_id}`);
  const company = await ask(
    `/crm/v3/objects/companies/${deal.hs_primary_associated_company}?properties=name,domain,industry,country`,
  );
  const changed = moment(deal.hs_lastmodifieddate);
  const data = dealWon(deal, owner, company, event.origin.portalId);
  const { BATON_URL, BATON_WEBHOOK_SECRET } = process.env;
  const answer = await send(BATON_URL, BATON_WEBHOOK_SECRET, `${data.id}-${changed}`, "deal.won", changed, data);
  callback({ outputFields: { accepted: answer.accepted, duplicates: answer.duplicates } });
};
exports.send = send;
exports.dealWon = dealWon;
