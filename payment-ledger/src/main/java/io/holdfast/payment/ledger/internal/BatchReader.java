package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Limits;
import io.holdfast.payment.ledger.Posting;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import io.holdfast.payment.ledger.internal.OperationRow.State;
import io.holdfast.payment.ledger.internal.Task.Wanted;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads what a batch wants to see: one message for all of it, and one more if branches end that
 * this process has not prepared.
 */
final class BatchReader implements ShardBooks.Loader {

  private static final String ACCOUNT =
      "SELECT a.shard, a.id, a.type, a.owner, a.currency, a.posted, a.held, a.incoming,"
          + " a.credit_limit, a.status, a.per_payment, a.per_day, a.spent, a.spent_on"
          + " FROM account a ";
  private static final String KEYS = "JOIN unnest(?::int[], ?::text[]) k (shard, id) ";
  static final String DOCUMENT =
      "SELECT d.shard, d.id, d.kind, d.account, d.other, d.due, d.body, d.locked_by, d.fresh,"
          + " d.trace"
          + " FROM document d ";
  private static final String HOLD =
      "SELECT h.shard, h.id, h.account, h.amount, h.locked_by FROM hold h ";
  private static final String OPERATION =
      "SELECT o.shard, o.caller, o.scope, o.key, encode(o.digest, 'hex'), o.type, o.state,"
          + " o.answer, o.transaction, o.node, o.token, o.at FROM operation o"
          + " JOIN unnest(?::int[], ?::text[], ?::text[], ?::text[]) k (shard, caller, scope, key)"
          + " ON o.shard = k.shard AND o.caller = k.caller AND o.scope = k.scope AND o.key = k.key";
  private static final String BOOKED =
      "SELECT j.shard, j.transaction FROM journal j "
          + KEYS
          + "ON j.shard = k.shard AND j.transaction = k.id WHERE j.transaction IS NOT NULL";
  private static final String BRANCH =
      "SELECT b.shard, b.id, b.body FROM branch b " + KEYS + "ON b.shard = k.shard AND b.id = k.id";

  /** What a task will end, as far as that is known without reading it. */
  interface KnownBranches {
    Optional<BranchBody> find(int shard, String branch);
  }

  private final Connection connection;
  private final KnownBranches known;

  BatchReader(Connection connection, KnownBranches known) {
    this.connection = connection;
    this.known = known;
  }

  /** Names in shards. */
  private static final class Keys {
    private final Map<Integer, Set<String>> byShard = new LinkedHashMap<>();

    void add(int shard, Iterable<String> ids) {
      ids.forEach(id -> byShard.computeIfAbsent(shard, none -> new LinkedHashSet<>()).add(id));
    }

    boolean isEmpty() {
      return byShard.isEmpty();
    }

    Object[] arrays(Connection connection) throws SQLException {
      List<Integer> shards = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      byShard.forEach(
          (shard, some) ->
              some.forEach(
                  id -> {
                    shards.add(shard);
                    ids.add(id);
                  }));
      return new Object[] {
        Message.array(connection, "int4", shards), Message.array(connection, "text", ids)
      };
    }

    Set<String> of(int shard) {
      return byShard.getOrDefault(shard, Set.of());
    }
  }

  /** What is to be read. */
  private static final class Looked {
    final Keys accounts = new Keys();
    final Keys documents = new Keys();
    final Keys holds = new Keys();
    final Keys branches = new Keys();
    final Keys transactions = new Keys();
    final List<OperationKey> operations = new ArrayList<>();

    void add(Task<?> task, Wanted wanted) {
      operations.addAll(wanted.operations());
      accounts.add(task.shard(), wanted.accounts());
      documents.add(task.shard(), wanted.documents());
      holds.add(task.shard(), wanted.holds());
      // Holds are mostly named after the document that they belong to.
      holds.add(task.shard(), wanted.documents());
      task.elsewhere().forEach(accounts::add);
      transactions.add(task.shard(), wanted.transactions());
    }

    /** What is needed to end a branch. */
    void add(int shard, BranchBody body) {
      accounts.add(shard, body.held().keySet());
      accounts.add(shard, body.incoming().keySet());
      accounts.add(
          shard,
          body.postings().stream().filter(each -> !each.isSystem()).map(Posting::account).toList());
      documents.add(shard, body.claims().ids().toList());
      if (body.effects().isPresent()) {
        Effects effects = body.effects().get();
        BranchBody.Head head = body.head();
        operations.add(new OperationKey(shard, head.caller(), head.scope(), head.key()));
        documents.add(shard, effects.documents().stream().map(DocumentRow::id).toList());
        holds.add(shard, effects.releases());
      }
    }
  }

  /**
   * All that the tasks want. Of branches that are not known already, and what is needed to end
   * them, in a second message.
   *
   * @param message which locks the shards, and so has their books before anything else is read
   */
  void read(Message message, Map<Integer, ShardBooks> books, List<Task<?>> tasks)
      throws SQLException {
    Looked first = new Looked();
    Map<Integer, Map<String, BranchBody>> branches = new HashMap<>();
    for (Task<?> task : tasks) {
      Wanted wanted = task.wanted();
      first.add(task, wanted);
      for (String branch : wanted.branches()) {
        Optional<BranchBody> body = known.find(task.shard(), branch);
        if (body.isPresent()) {
          first.add(task.shard(), body.get());
          branches.computeIfAbsent(task.shard(), none -> new HashMap<>()).put(branch, body.get());
        } else {
          first.branches.add(task.shard(), List.of(branch));
        }
      }
    }
    read(message, books, first);
    Looked second = new Looked();
    books.forEach(
        (shard, here) -> {
          here.branches().forEach(body -> second.add(shard, body));
          branches.getOrDefault(shard, Map.of()).forEach(here::loaded);
        });
    read(new Message(connection), books, second);
  }

  private void read(Message message, Map<Integer, ShardBooks> books, Looked looked)
      throws SQLException {
    List<OperationKey> operations = looked.operations;
    if (!operations.isEmpty()) {
      message.query(
          row -> into(books, row, here -> here.loaded(operation(row))),
          OPERATION,
          message.array("int4", operations.stream().map(OperationKey::shard).toList()),
          message.array("text", operations.stream().map(OperationKey::caller).toList()),
          message.array("text", operations.stream().map(OperationKey::scope).toList()),
          message.array("text", operations.stream().map(OperationKey::key).toList()));
    }
    if (!looked.accounts.isEmpty()) {
      message.query(
          row -> into(books, row, here -> here.loaded(account(row))),
          ACCOUNT + KEYS + "ON a.shard = k.shard AND a.id = k.id",
          looked.accounts.arrays(connection));
    }
    if (!looked.documents.isEmpty()) {
      Object[] keys = looked.documents.arrays(connection);
      message.query(
          row -> into(books, row, here -> here.loadedDocument(document(row))),
          DOCUMENT + KEYS + "ON d.shard = k.shard AND d.id = k.id",
          keys);
      // And the accounts that they belong to.
      message.query(
          row -> into(books, row, here -> here.loaded(account(row))),
          ACCOUNT
              + "JOIN document d ON a.shard = d.shard AND a.id = d.account "
              + KEYS
              + "ON d.shard = k.shard AND d.id = k.id",
          keys);
    }
    if (!looked.holds.isEmpty()) {
      message.query(
          row -> into(books, row, here -> here.loadedHold(hold(row))),
          HOLD + KEYS + "ON h.shard = k.shard AND h.id = k.id",
          looked.holds.arrays(connection));
    }
    if (!looked.branches.isEmpty()) {
      message.query(
          row -> into(books, row, here -> here.loaded(row.getString(2), body(row.getString(3)))),
          BRANCH,
          looked.branches.arrays(connection));
    }
    if (!looked.transactions.isEmpty()) {
      message.query(
          row -> into(books, row, here -> here.loadedTransaction(row.getString(2))),
          BOOKED,
          looked.transactions.arrays(connection));
    }
    message.run();
    books.forEach(
        (shard, here) ->
            here.looked(
                looked.accounts.of(shard), looked.documents.of(shard), looked.holds.of(shard)));
  }

  private static BranchBody body(String json) {
    return Json.read(json, BranchBody.class);
  }

  private interface Into {
    void put(ShardBooks books) throws SQLException;
  }

  private static void into(Map<Integer, ShardBooks> books, ResultSet row, Into put)
      throws SQLException {
    ShardBooks here = books.get(row.getInt(1));
    if (here != null) {
      put.put(here);
    }
  }

  @Override
  public Optional<AccountRow> account(int shard, String id) throws SQLException {
    List<AccountRow> found = new ArrayList<>();
    one(row -> found.add(account(row)), ACCOUNT + "WHERE a.shard = ? AND a.id = ?", shard, id);
    return found.stream().findFirst();
  }

  @Override
  public Optional<Stored<DocumentRow>> document(int shard, String id) throws SQLException {
    List<Stored<DocumentRow>> found = new ArrayList<>();
    one(row -> found.add(document(row)), DOCUMENT + "WHERE d.shard = ? AND d.id = ?", shard, id);
    return found.stream().findFirst();
  }

  @Override
  public Optional<Stored<Hold>> hold(int shard, String id) throws SQLException {
    List<Stored<Hold>> found = new ArrayList<>();
    one(row -> found.add(hold(row)), HOLD + "WHERE h.shard = ? AND h.id = ?", shard, id);
    return found.stream().findFirst();
  }

  private void one(Message.RowReader reader, String sql, int shard, String id) throws SQLException {
    new Message(connection).query(reader, sql, shard, id).run();
  }

  static AccountRow account(ResultSet row) throws SQLException {
    return new AccountRow(
        row.getString(2),
        AccountType.valueOf(row.getString(3)),
        row.getString(4),
        row.getString(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        AccountStatus.valueOf(row.getString(10)),
        new Limits(row.getLong(11), row.getLong(12)),
        row.getLong(13),
        row.getObject(14, LocalDate.class));
  }

  static Stored<DocumentRow> document(ResultSet row) throws SQLException {
    return new Stored<>(
        new DocumentRow(
            row.getString(2),
            row.getString(3),
            row.getString(4),
            Optional.ofNullable(row.getString(5)),
            Optional.ofNullable(row.getTimestamp(6)).map(Timestamp::toInstant),
            row.getString(7),
            Optional.ofNullable(row.getString(10))),
        Optional.ofNullable(row.getString(8)),
        row.getBoolean(9));
  }

  private static Stored<Hold> hold(ResultSet row) throws SQLException {
    return new Stored<>(
        new Hold(row.getString(2), new AccountId(row.getString(3)), row.getLong(4)),
        Optional.ofNullable(row.getString(5)),
        false);
  }

  static OperationRow operation(ResultSet row) throws SQLException {
    Instant at = row.getTimestamp(12).toInstant();
    return new OperationRow(
        new OperationKey(row.getInt(1), row.getString(2), row.getString(3), row.getString(4)),
        row.getString(5),
        row.getString(6),
        State.valueOf(row.getString(7)),
        Optional.ofNullable(row.getString(8)),
        Optional.ofNullable(row.getString(9)),
        row.getString(10),
        row.getObject(11, UUID.class),
        at);
  }
}
