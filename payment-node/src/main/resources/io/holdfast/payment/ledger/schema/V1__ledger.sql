-- The ledger: double entry, integer minor units, accounts spread over shards.
-- The entries of every shard sum to zero after every transaction.

-- How many shards there are. One row, written by the first node, checked by every other.
CREATE TABLE ledger_layout (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  shards   integer NOT NULL CHECK (shards BETWEEN 1 AND 1024)
);

-- fence_token belongs to the latest owner that has sealed the shard; uuids compare bytewise.
CREATE TABLE shard (
  shard       integer PRIMARY KEY,
  fence_token uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);

-- Client accounts carry their balance. System accounts do not: every transfer would queue for
-- that one row. Their balance is the sum of their entries.
CREATE TABLE account (
  id        text COLLATE "C" PRIMARY KEY,
  shard     integer NOT NULL REFERENCES shard,
  currency  char(3) NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('CLIENT', 'CLEARING', 'EQUITY')),
  balance   bigint CHECK (balance >= 0),
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((kind = 'CLIENT') = (balance IS NOT NULL)),
  UNIQUE (id, shard)
);

-- One row per idempotency key: what was asked, and what was answered. A refusal is an answer too,
-- so that a late twin of a refused request cannot take effect.
CREATE TABLE transfer (
  key         text COLLATE "C" PRIMARY KEY,
  digest      bytea NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('OPENING', 'TRANSFER')),
  debtor      text,
  creditor    text NOT NULL,
  amount      bigint NOT NULL CHECK (amount >= 0),
  currency    char(3) NOT NULL,
  refusal     text,
  executed_by text NOT NULL,
  shard       integer NOT NULL REFERENCES shard,
  token       uuid NOT NULL,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((kind = 'TRANSFER') = (debtor IS NOT NULL))
);

CREATE TABLE entry (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer text COLLATE "C" NOT NULL REFERENCES transfer,
  shard    integer NOT NULL,
  account  text COLLATE "C" NOT NULL,
  amount   bigint NOT NULL CHECK (amount <> 0),
  FOREIGN KEY (account, shard) REFERENCES account (id, shard)
);

CREATE INDEX entry_by_transfer ON entry (transfer);
CREATE INDEX entry_by_account ON entry (account);
