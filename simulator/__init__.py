"""A simulated Freshchat account: its own program, reached over HTTP, with people, chats and a day's rhythm.

It knows nothing of Stillwatch and imports nothing of it. Three parts speak HTTP:

- the account's REST API under /v2 (rest, writes, metrics, reports), as Freshchat documents it;
- the account's two senders: the app that an admin installed (app_push) and Freshchat's own webhook (webhook);
- the control page and the control API under / and /control (control, control_page, control_api), which break things
  on purpose.

``python -m simulator`` starts an account, ``python -m simulator.demo`` starts it together with Stillwatch.
Every name, e-mail address, telephone number and message in it is made up.
"""
