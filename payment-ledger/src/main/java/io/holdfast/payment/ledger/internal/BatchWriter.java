package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import io.holdfast.payment.ledger.internal.JournalRow.EntryRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what a batch has changed: one message, each table once. */
final class BatchWriter {

  /** Rows as columns. */
  private static final class Columns {
    private final String[] types;
    private final List<List<@Nullable Object>> columns = new ArrayList<>();

    Columns(String... types) {
      this.types = types;
      for (String ignored : types) {
        columns.add(new ArrayList<>());
      }
    }

    void add(@Nullable Object... row) {
      for (int i = 0; i < row.length; i++) {
        columns.get(i).add(row[i]);
      }
    }

    boolean isEmpty() {
      return columns.get(0).isEmpty();
    }

    Object[] arrays(Connection connection) throws SQLException {
      Object[] arrays = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        arrays[i] = Message.array(connection, types[i], columns.get(i));
      }
      return arrays;
    }
  }

  private final Connection connection;
  private final Message message;
  private final Instant now;

  BatchWriter(Connection connection, Instant now) {
    this.connection = connection;
    this.message = new Message(connection);
    this.now = now;
  }

  void add(Collection<ShardBooks> books) throws SQLException {
    accounts(books);
    system(books);
    operations(books);
    journal(books);
    holds(books);
    documents(books);
    branches(books);
    events(books);
    shards(books);
  }

  /** Writes and commits; in the same message, which ends at the first fault. */
  void commit() throws SQLException {
    if (!message.isEmpty()) {
      message.change("COMMIT").run();
    }
    // No message if the one before has done it.
    connection.commit();
  }

  private void change(Columns rows, String sql) throws SQLException {
    if (!rows.isEmpty()) {
      message.change(sql, rows.arrays(connection));
    }
  }

  private void accounts(Collection<ShardBooks> books) throws SQLException {
    Columns rows =
        new Columns(
            "int4", "text", "text", "text", "text", "int8", "int8", "int8", "int8", "text", "int8",
            "int8", "int8", "text");
    for (ShardBooks here : books) {
      for (String id : here.changedAccounts) {
        AccountRow each = here.account(id).orElseThrow();
        rows.add(
            here.shard(),
            id,
            each.type().name(),
            each.owner(),
            each.currency(),
            each.posted(),
            each.held(),
            each.incoming(),
            each.creditLimit(),
            each.status().name(),
            each.limits().perPayment(),
            each.limits().perDay(),
            each.spent(),
            each.spentOn().toString());
      }
    }
    change(
        rows,
        "INSERT INTO account (shard, id, type, owner, currency, posted, held, incoming,"
            + " credit_limit, status, per_payment, per_day, spent, spent_on)"
            + " SELECT shard, id, type, owner, currency, posted, held, incoming, credit_limit,"
            + " status, per_payment, per_day, spent, spent_on::date"
            + " FROM unnest(?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],"
            + " ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[],"
            + " ?::bigint[], ?::text[]) t (shard, id, type, owner, currency, posted, held,"
            + " incoming, credit_limit, status, per_payment, per_day, spent, spent_on)"
            + " ON CONFLICT (shard, id) DO UPDATE SET posted = EXCLUDED.posted,"
            + " held = EXCLUDED.held, incoming = EXCLUDED.incoming,"
            + " credit_limit = EXCLUDED.credit_limit, status = EXCLUDED.status,"
            + " per_payment = EXCLUDED.per_payment, per_day = EXCLUDED.per_day,"
            + " spent = EXCLUDED.spent, spent_on = EXCLUDED.spent_on");
  }

  private void system(Collection<ShardBooks> books) throws SQLException {
    Columns rows = new Columns("int4", "text", "text", "int8");
    for (ShardBooks here : books) {
      here.system.forEach(
          (name, amount) ->
              rows.add(here.shard(), name, name.substring(name.lastIndexOf(':') + 1), amount));
    }
    change(
        rows,
        "INSERT INTO account AS a (shard, id, type, owner, currency, posted, per_payment, per_day)"
            + " SELECT shard, id, 'SYSTEM', 'system', currency, amount, 0, 0"
            + " FROM unnest(?::int[], ?::text[], ?::text[], ?::bigint[])"
            + " t (shard, id, currency, amount)"
            + " ON CONFLICT (shard, id) DO UPDATE SET posted = a.posted + EXCLUDED.posted");
  }

  private void operations(Collection<ShardBooks> books) throws SQLException {
    Columns removed = new Columns("int4", "text", "text", "text");
    Columns rows =
        new Columns(
            "int4", "text", "text", "text", "text", "text", "text", "text", "text", "text", "text",
            "text");
    for (ShardBooks here : books) {
      for (OperationKey key : here.changedOperations) {
        Optional<OperationRow> row = here.operation(key);
        if (row.isEmpty()) {
          removed.add(key.shard(), key.caller(), key.scope(), key.key());
        } else {
          OperationRow each = row.get();
          rows.add(
              key.shard(),
              key.caller(),
              key.scope(),
              key.key(),
              each.digest(),
              each.type(),
              each.state().name(),
              each.answer().orElse(null),
              each.transaction().orElse(null),
              each.node(),
              each.token().toString(),
              each.at().toString());
        }
      }
    }
    change(
        removed,
        "DELETE FROM operation o USING unnest(?::int[], ?::text[], ?::text[], ?::text[])"
            + " k (shard, caller, scope, key) WHERE o.shard = k.shard AND o.caller = k.caller"
            + " AND o.scope = k.scope AND o.key = k.key AND o.state = 'PENDING'");
    change(
        rows,
        "INSERT INTO operation AS o (shard, caller, scope, key, digest, type, state, answer,"
            + " transaction, node, token, at, pruned)"
            + " SELECT shard, caller, scope, key, decode(digest, 'hex'), type, state, answer,"
            + " transaction, node, token::uuid, at::timestamptz,"
            + " state <> 'PENDING' AND answer IS NULL"
            + " FROM unnest(?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],"
            + " ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])"
            + " t (shard, caller, scope, key, digest, type, state, answer, transaction, node,"
            + " token, at)"
            // All of it: one that was forgotten may be asked again in the same batch.
            + " ON CONFLICT (shard, caller, scope, key) DO UPDATE SET digest = EXCLUDED.digest,"
            + " type = EXCLUDED.type, state = EXCLUDED.state, answer = EXCLUDED.answer,"
            + " transaction = EXCLUDED.transaction, node = EXCLUDED.node,"
            + " token = EXCLUDED.token, at = EXCLUDED.at, pruned = EXCLUDED.pruned");
  }

  private void journal(Collection<ShardBooks> books) throws SQLException {
    Columns rows =
        new Columns("int4", "int8", "text", "text", "text", "text", "text", "text", "text", "text");
    Columns entries = new Columns("int4", "int8", "int4", "text", "text", "int8", "int8");
    for (ShardBooks here : books) {
      for (int i = 0; i < here.journal.size(); i++) {
        JournalRow each = here.journal.get(i);
        rows.add(
            each.shard(),
            each.seq(),
            each.at().toString(),
            each.head().type(),
            each.head().caller(),
            each.head().scope(),
            each.head().key(),
            each.transaction().isEmpty() ? null : each.transaction(),
            each.head().request(),
            HexFormat.of().formatHex(here.hashes.get(i)));
        for (EntryRow leg : each.entries()) {
          entries.add(
              each.shard(),
              each.seq(),
              leg.leg(),
              leg.account(),
              leg.currency(),
              leg.amount(),
              leg.balance());
        }
      }
    }
    change(
        rows,
        "INSERT INTO journal (shard, seq, at, type, caller, scope, key, transaction, request, hash)"
            + " SELECT shard, seq, at::timestamptz, type, caller, scope, key, transaction, request,"
            + " decode(hash, 'hex') FROM unnest(?::int[], ?::bigint[], ?::text[], ?::text[],"
            + " ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])"
            + " t (shard, seq, at, type, caller, scope, key, transaction, request, hash)");
    change(
        entries,
        "INSERT INTO entry (shard, seq, leg, account, currency, amount, balance)"
            + " SELECT * FROM unnest(?::int[], ?::bigint[], ?::int[], ?::text[], ?::text[],"
            + " ?::bigint[], ?::bigint[])");
  }

  private void holds(Collection<ShardBooks> books) throws SQLException {
    Columns removed = new Columns("int4", "text");
    Columns rows = new Columns("int4", "text", "text", "int8", "text");
    for (ShardBooks here : books) {
      for (String id : here.changedHolds) {
        Optional<Stored<Hold>> row = here.hold(id);
        if (row.isEmpty()) {
          removed.add(here.shard(), id);
        } else {
          Hold hold = row.get().value();
          rows.add(
              here.shard(),
              id,
              hold.account().value(),
              hold.amount(),
              row.get().lockedBy().orElse(null));
        }
      }
    }
    change(
        removed,
        "DELETE FROM hold h USING unnest(?::int[], ?::text[]) k (shard, id)"
            + " WHERE h.shard = k.shard AND h.id = k.id");
    change(
        rows,
        "INSERT INTO hold (shard, id, account, amount, locked_by)"
            + " SELECT * FROM unnest(?::int[], ?::text[], ?::text[], ?::bigint[], ?::text[])"
            + " ON CONFLICT (shard, id) DO UPDATE SET amount = EXCLUDED.amount,"
            + " locked_by = EXCLUDED.locked_by");
  }

  private void documents(Collection<ShardBooks> books) throws SQLException {
    Columns removed = new Columns("int4", "text");
    Columns rows =
        new Columns(
            "int4", "text", "text", "text", "text", "text", "text", "text", "bool", "text", "text");
    for (ShardBooks here : books) {
      for (String id : here.changedDocuments) {
        Optional<Stored<DocumentRow>> row = here.document(id);
        if (row.isEmpty()) {
          removed.add(here.shard(), id);
          continue;
        }
        Stored<DocumentRow> stored = row.get();
        DocumentRow each = stored.value();
        rows.add(
            here.shard(),
            id,
            each.kind(),
            each.account(),
            each.other().orElse(null),
            each.due().map(Instant::toString).orElse(null),
            each.body(),
            stored.lockedBy().orElse(null),
            stored.fresh(),
            now.toString(),
            each.trace().orElse(null));
      }
    }
    change(
        removed,
        "DELETE FROM document d USING unnest(?::int[], ?::text[]) k (shard, id)"
            + " WHERE d.shard = k.shard AND d.id = k.id");
    change(
        rows,
        "INSERT INTO document"
            + " (shard, id, kind, account, other, due, body, locked_by, fresh, changed, trace)"
            + " SELECT shard, id, kind, account, other, due::timestamptz, body::jsonb, locked_by,"
            + " fresh, changed::timestamptz, trace FROM unnest(?::int[], ?::text[], ?::text[], ?::text[],"
            + " ?::text[], ?::text[], ?::text[], ?::text[], ?::bool[], ?::text[], ?::text[])"
            + " t (shard, id, kind, account, other, due, body, locked_by, fresh, changed, trace)"
            + " ON CONFLICT (shard, id) DO UPDATE SET account = EXCLUDED.account,"
            + " other = EXCLUDED.other, due = EXCLUDED.due, body = EXCLUDED.body,"
            + " locked_by = EXCLUDED.locked_by, fresh = EXCLUDED.fresh,"
            + " changed = EXCLUDED.changed, trace = EXCLUDED.trace");
  }

  private void branches(Collection<ShardBooks> books) throws SQLException {
    Columns removed = new Columns("int4", "text");
    Columns rows = new Columns("int4", "text", "text", "text");
    for (ShardBooks here : books) {
      here.removedBranches.forEach(id -> removed.add(here.shard(), id));
      here.putBranches
          .values()
          .forEach(
              each ->
                  rows.add(
                      here.shard(),
                      each.id(),
                      each.deadline().toString(),
                      Json.write(each.body())));
    }
    change(
        removed,
        "DELETE FROM branch b USING unnest(?::int[], ?::text[]) k (shard, id)"
            + " WHERE b.shard = k.shard AND b.id = k.id");
    change(
        rows,
        "INSERT INTO branch (shard, id, deadline, body) SELECT shard, id, deadline::timestamptz,"
            + " body FROM unnest(?::int[], ?::text[], ?::text[], ?::text[])"
            + " t (shard, id, deadline, body)");
  }

  private void events(Collection<ShardBooks> books) throws SQLException {
    Columns told = new Columns("int4", "int8", "int4");
    Columns rows = new Columns("int4", "int8", "int4", "text", "text", "text", "text");
    for (ShardBooks here : books) {
      for (ShardBooks.PlacedEvent each : here.events) {
        rows.add(
            here.shard(),
            each.seq(),
            each.number(),
            each.event().account(),
            each.event().type(),
            each.event().body(),
            now.toString());
      }
      here.toldEvents.forEach(each -> told.add(here.shard(), each.seq(), each.number()));
    }
    change(
        told,
        "DELETE FROM event e USING unnest(?::int[], ?::bigint[], ?::int[]) k (shard, seq, number)"
            + " WHERE e.shard = k.shard AND e.seq = k.seq AND e.number = k.number");
    change(
        rows,
        "INSERT INTO event (shard, seq, number, account, type, body, at)"
            + " SELECT shard, seq, number, account, type, body, at::timestamptz"
            + " FROM unnest(?::int[], ?::bigint[], ?::int[], ?::text[], ?::text[], ?::text[],"
            + " ?::text[]) t (shard, seq, number, account, type, body, at)");
  }

  private void shards(Collection<ShardBooks> books) throws SQLException {
    Columns rows = new Columns("int4", "int8", "text");
    for (ShardBooks here : books) {
      if (!here.journal.isEmpty()) {
        rows.add(here.shard(), here.seq(), HexFormat.of().formatHex(here.hash()));
      }
    }
    change(
        rows,
        "UPDATE shard s SET seq = t.seq, hash = decode(t.hash, 'hex')"
            + " FROM unnest(?::int[], ?::bigint[], ?::text[]) t (shard, seq, hash)"
            + " WHERE s.shard = t.shard");
  }
}
