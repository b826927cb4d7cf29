"""What we ask Freshchat of an account: whether the key works, its groups, and the groups of single chats."""
