-- The ledger in one of its databases. Every row belongs to a shard, and a shard is in one database.
-- Amounts are minor units. The entries of every journal row sum to zero in each currency.

-- Which ledger this is, and what this database is called in it. The secret is the same in all
-- databases of the ledger: by it the nodes know each other.
CREATE TABLE ledger (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  name     text COLLATE "C" NOT NULL,
  shards   integer NOT NULL CHECK (shards BETWEEN 1 AND 4096),
  secret   bytea NOT NULL
);

-- fence_token belongs to the latest owner that has sealed the shard; uuids compare bytewise. seq and
-- hash are those of the shard's latest journal row. Only a shard that is HERE can be written to, and
-- it is HERE in one database at most. moves counts where it has been: 1 in its first database, one
-- more in each that it moved to after that. So of several rows of one shard the one with the most
-- moves is the latest, but for one that is ARRIVING: it counts only if the one before has MOVED to it.
CREATE TABLE shard (
  shard       integer PRIMARY KEY,
  fence_token uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  seq         bigint NOT NULL DEFAULT 0,
  hash        bytea NOT NULL DEFAULT '\x',
  state       text NOT NULL DEFAULT 'ABSENT' CHECK (state IN ('ABSENT', 'ARRIVING', 'HERE', 'MOVED')),
  moved_to    text COLLATE "C",
  moves       bigint NOT NULL DEFAULT 0,
  CHECK ((state = 'MOVED') = (moved_to IS NOT NULL))
) WITH (fillfactor = 50);

-- held is promised to go out, incoming is promised to come in. What a client may not do with its
-- account, the last three conditions do not let happen, whatever a program computes.
CREATE TABLE account (
  shard        integer NOT NULL,
  id           text COLLATE "C" NOT NULL,
  type         text NOT NULL CHECK (type IN ('WALLET', 'MERCHANT', 'SYSTEM')),
  owner        text COLLATE "C" NOT NULL,
  currency     char(3) NOT NULL,
  posted       bigint NOT NULL DEFAULT 0,
  held         bigint NOT NULL DEFAULT 0,
  incoming     bigint NOT NULL DEFAULT 0,
  credit_limit bigint NOT NULL DEFAULT 0,
  status       text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'FROZEN', 'CLOSED')),
  per_payment  bigint NOT NULL,
  per_day      bigint NOT NULL,
  spent        bigint NOT NULL DEFAULT 0,
  spent_on     date NOT NULL DEFAULT '1970-01-01',
  opened_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (shard, id),
  CHECK (held >= 0 AND incoming >= 0 AND credit_limit >= 0),
  CONSTRAINT account_not_overdrawn CHECK (type = 'SYSTEM' OR posted - held + credit_limit >= 0),
  CONSTRAINT account_closed_is_empty
    CHECK (status <> 'CLOSED' OR (posted = 0 AND held = 0 AND incoming = 0))
) WITH (fillfactor = 70);
CREATE INDEX account_by_owner ON account (owner, id);

-- What was asked, once for each key of a caller about an account or document, and what it came to.
-- A refusal is an answer too, so that a late twin of a refused request cannot take effect. An answer
-- may be pruned when it is old; the row stays, and so the key is never free again.
CREATE TABLE operation (
  shard       integer NOT NULL,
  caller      text COLLATE "C" NOT NULL,
  scope       text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL,
  digest      bytea NOT NULL,
  type        text NOT NULL,
  state       text NOT NULL CHECK (state IN ('PENDING', 'DONE', 'REFUSED')),
  answer      text,
  transaction text COLLATE "C",
  node        text NOT NULL,
  token       uuid NOT NULL,
  at          timestamptz NOT NULL,
  pruned      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (shard, caller, scope, key),
  CHECK ((state = 'PENDING' OR pruned) = (answer IS NULL)),
  CHECK (state <> 'PENDING' OR transaction IS NOT NULL)
) WITH (fillfactor = 80);

-- Every effect, in the order of the shard, each with a hash over itself and the one before.
CREATE TABLE journal (
  shard       integer NOT NULL,
  seq         bigint NOT NULL,
  at          timestamptz NOT NULL,
  type        text NOT NULL,
  caller      text COLLATE "C" NOT NULL,
  scope       text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL,
  transaction text COLLATE "C",
  request     text NOT NULL,
  hash        bytea NOT NULL,
  PRIMARY KEY (shard, seq)
);
-- A shard has one part in a transaction.
CREATE UNIQUE INDEX journal_transaction ON journal (shard, transaction) WHERE transaction IS NOT NULL;

-- balance is the account's after this, and absent for the ledger's own accounts.
CREATE TABLE entry (
  shard    integer NOT NULL,
  seq      bigint NOT NULL,
  leg      integer NOT NULL,
  account  text COLLATE "C" NOT NULL,
  currency char(3) NOT NULL,
  amount   bigint NOT NULL CHECK (amount <> 0),
  balance  bigint,
  PRIMARY KEY (shard, seq, leg)
);
CREATE INDEX entry_by_account ON entry (shard, account, seq);

CREATE TABLE hold (
  shard     integer NOT NULL,
  id        text COLLATE "C" NOT NULL,
  account   text COLLATE "C" NOT NULL,
  amount    bigint NOT NULL CHECK (amount > 0),
  locked_by text COLLATE "C",
  PRIMARY KEY (shard, id)
);

-- What a scenario keeps. locked_by is the branch of a transaction under way that will change it. One
-- that is fresh is there only if that transaction is committed.
-- trace is the request that has put it down so, as a W3C traceparent, if that request is recorded: what
-- is done when it is due refers to it.
CREATE TABLE document (
  shard     integer NOT NULL,
  id        text COLLATE "C" NOT NULL,
  kind      text NOT NULL,
  account   text COLLATE "C" NOT NULL,
  other     text COLLATE "C",
  due       timestamptz,
  body      jsonb NOT NULL,
  locked_by text COLLATE "C",
  fresh     boolean NOT NULL DEFAULT false,
  changed   timestamptz NOT NULL,
  trace     text COLLATE "C",
  PRIMARY KEY (shard, id),
  CHECK (NOT fresh OR locked_by IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX document_due ON document (due) WHERE due IS NOT NULL;
CREATE INDEX document_by_account ON document (shard, account, id);
-- Whose events are wanted somewhere, see event.
CREATE INDEX document_hook ON document (shard, account) WHERE kind = 'hook';

-- What is still to be told to the owners of accounts, in order.
CREATE TABLE event (
  shard   integer NOT NULL,
  seq     bigint NOT NULL,
  number  integer NOT NULL,
  account text COLLATE "C" NOT NULL,
  type    text NOT NULL,
  body    text NOT NULL,
  at      timestamptz NOT NULL,
  PRIMARY KEY (shard, seq, number)
);
CREATE INDEX event_by_account ON event (shard, account, seq, number);

-- A shard's part in a transaction over several shards that is not settled yet.
CREATE TABLE branch (
  shard    integer NOT NULL,
  id       text COLLATE "C" NOT NULL,
  deadline timestamptz NOT NULL,
  body     text NOT NULL,
  PRIMARY KEY (shard, id)
);

-- Zero-sum: looked at for all rows of a statement together, and every journal row's entries come in
-- one statement. A constraint that is deferred to the commit would be asked once for every row.
CREATE FUNCTION entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM added GROUP BY shard, seq, currency HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'entries that do not sum to zero' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entries_sum_to_zero AFTER INSERT ON entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entries_sum_to_zero();

-- Append-only: by permission, and for those whom permissions do not bind, by trigger. Only a shard
-- that has moved to another database may be cleared away.
CREATE FUNCTION only_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE TRIGGER only_appended BEFORE UPDATE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION only_appended();
CREATE TRIGGER only_appended BEFORE UPDATE OR TRUNCATE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION only_appended();

CREATE FUNCTION only_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM removed JOIN shard USING (shard) WHERE state NOT IN ('MOVED', 'ARRIVING'))
  THEN
    RAISE EXCEPTION 'rows of % are never removed', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER only_moved AFTER DELETE ON journal
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION only_moved();
CREATE TRIGGER only_moved AFTER DELETE ON entry
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION only_moved();
REVOKE UPDATE, TRUNCATE ON journal, entry FROM PUBLIC, CURRENT_USER;
