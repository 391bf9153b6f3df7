package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.LedgerReader;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.ShardMap;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads by SQL, past the lanes. A transaction over several shards is answered when it is decided, a
 * moment before the executing shard has it. So who finds a branch in a shard waits, for {@link
 * #BOUND} at most, until its owner has carried out what it has answered, and reads again. Of shards
 * whose owners do not say in time, one read at a time does so.
 */
final class BooksReader implements LedgerReader {

  private static final Logger LOG = LoggerFactory.getLogger(BooksReader.class);

  private static final String ACCOUNT =
      "SELECT shard, id, type, owner, currency, posted, held, incoming, credit_limit, status,"
          + " per_payment, per_day, spent, spent_on FROM account ";
  private static final String DOCUMENT =
      "SELECT id, account, other, due, body, changed FROM document ";

  /** More than one effect can have at an account. */
  private static final int LEGS = 10_000;

  /** How long a read waits at most for what is answered and not committed yet. */
  static final Duration BOUND = Duration.ofSeconds(1);

  /** How often a shard is followed that moves while it is read. */
  private static final int FOLLOWED = 5;

  private final IntFunction<LedgerDatabase> databaseOf;
  private final ShardLocator locator;
  private final Answered answered;
  private final List<LedgerDatabase> databases;
  private final ShardMap map;

  /**
   * Shards whose owners have not said in time that what they answered is committed. Until they do,
   * one read at a time waits for any of these, so that there are threads left for the others.
   */
  private final Set<Integer> silent = ConcurrentHashMap.newKeySet();

  private final Semaphore silentTurn = new Semaphore(1);

  BooksReader(
      IntFunction<LedgerDatabase> databaseOf,
      ShardLocator locator,
      Answered answered,
      List<LedgerDatabase> databases,
      ShardMap map) {
    this.databaseOf = databaseOf;
    this.locator = locator;
    this.answered = answered;
    this.databases = databases;
    this.map = map;
  }

  /** What the owners of shards have answered. */
  interface Answered {
    /** Completes when it is committed; may fail. Empty if there is nobody to ask. */
    Optional<CompletableFuture<Void>> committed(int shard);
  }

  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static <T> List<T> query(
      LedgerDatabase database, Row<T> read, String sql, Object... parameters) {
    return database.read(
        connection -> {
          List<T> found = new ArrayList<>();
          new Message(connection).query(row -> found.add(read.read(row)), sql, parameters).run();
          return found;
        });
  }

  /**
   * In the database that has the shard. That it is still there is asked last: its rows are cleared
   * away only after it has moved.
   */
  private <T> List<T> query(int shard, Row<T> read, String sql, Object... parameters) {
    LedgerDatabase first = databaseOf.apply(shard);
    Optional<List<T>> found = queryHere(first, shard, read, sql, parameters);
    for (int i = 0; found.isEmpty() && i < FOLLOWED; i++) {
      Optional<ShardLocator.Seen> seen = locator.look(shard);
      if (seen.isEmpty()) {
        return query(first, read, sql, parameters);
      }
      // One that has yet to arrive has all of its rows, and nobody changes them.
      found =
          seen.get().is("ARRIVING")
              ? Optional.of(query(seen.get().database(), read, sql, parameters))
              : queryHere(seen.get().database(), shard, read, sql, parameters);
    }
    return found.orElseThrow(
        () -> new LedgerUnavailableException("shard " + shard + " is moving about", null));
  }

  /** Empty if it is not here. */
  private <T> Optional<List<T>> queryHere(
      LedgerDatabase database, int shard, Row<T> read, String sql, Object... parameters) {
    Set<Integer> underWay = new TreeSet<>();
    Optional<List<T>> found = queryHere(database, underWay, shard, read, sql, parameters);
    if (found.isEmpty() || underWay.isEmpty()) {
      return found;
    }
    await(underWay);
    return queryHere(database, underWay, shard, read, sql, parameters);
  }

  /** Branches are looked for before the rest, so that the rest has what those that ended did. */
  private static <T> Optional<List<T>> queryHere(
      LedgerDatabase database,
      Set<Integer> underWay,
      int shard,
      Row<T> read,
      String sql,
      Object... parameters) {
    return database.read(
        connection -> {
          List<T> found = new ArrayList<>();
          List<String> here = new ArrayList<>();
          new Message(connection)
              .query(
                  row -> underWay.add(row.getInt(1)),
                  "SELECT shard FROM branch WHERE shard = ? LIMIT 1",
                  shard)
              .query(row -> found.add(read.read(row)), sql, parameters)
              .query(
                  row -> here.add(row.getString(1)),
                  "SELECT state FROM shard WHERE shard = ? AND state = 'HERE'",
                  shard)
              .run();
          return here.isEmpty() ? Optional.empty() : Optional.of(found);
        });
  }

  /** Until what was answered in these shards is committed, as far as that is known in time. */
  private void await(Set<Integer> shards) {
    boolean turn = !Collections.disjoint(shards, silent) && silentTurn.tryAcquire();
    Map<Integer, CompletableFuture<Void>> asked = new HashMap<>();
    try {
      for (int shard : shards) {
        if (turn || !silent.contains(shard)) {
          asked.put(shard, ask(shard));
        }
      }
      CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
          .get(BOUND.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("reads what is committed by now", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("the ledger closes", e);
    } finally {
      asked.forEach(this::heard);
      if (turn) {
        silentTurn.release();
      }
    }
  }

  private CompletableFuture<Void> ask(int shard) {
    try {
      return answered.committed(shard).orElseGet(() -> CompletableFuture.completedFuture(null));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void heard(int shard, CompletableFuture<Void> answer) {
    if (answer.isDone() && !answer.isCompletedExceptionally()) {
      silent.remove(shard);
    } else {
      silent.add(shard);
      // It may still say so, late.
      answer.thenRun(() -> silent.remove(shard));
    }
  }

  @Override
  public Optional<Account> account(AccountId id) {
    int shard = map.shardOf(id);
    return query(
            shard,
            row -> BatchReader.account(row).account(shard),
            ACCOUNT + "WHERE shard = ? AND id = ?",
            shard,
            id.value())
        .stream()
        .findFirst();
  }

  @Override
  public List<Account> accountsOf(String owner, String after, int limit) {
    Set<Integer> underWay = new TreeSet<>();
    for (LedgerDatabase each : databases) {
      underWay.addAll(
          query(
              each,
              row -> row.getInt(1),
              "SELECT DISTINCT a.shard FROM account a WHERE a.owner = ?"
                  + " AND EXISTS (SELECT FROM branch b WHERE b.shard = a.shard)",
              owner));
    }
    await(underWay);
    return databases.stream()
        .flatMap(
            database ->
                query(
                    database,
                    row -> BatchReader.account(row).account(row.getInt(1)),
                    ACCOUNT
                        + "JOIN shard s USING (shard) WHERE s.state = 'HERE' AND owner = ?"
                        + " AND type <> 'SYSTEM' AND id > ? ORDER BY id LIMIT ?",
                    owner,
                    after,
                    limit)
                    .stream())
        .sorted(Comparator.comparing(account -> account.id().value()))
        .limit(limit)
        .toList();
  }

  private static StoredDocument document(ResultSet row) throws SQLException {
    return new StoredDocument(
        new DocumentId(row.getString(1)),
        new AccountId(row.getString(2)),
        Optional.ofNullable(row.getString(3)).map(AccountId::new),
        Optional.ofNullable(row.getTimestamp(4)).map(Timestamp::toInstant),
        row.getString(5),
        row.getTimestamp(6).toInstant());
  }

  @Override
  public Optional<StoredDocument> document(DocumentId id) {
    if (!Scope.of(id).isIn(map)) {
      return Optional.empty();
    }
    return query(
            id.shard(),
            BooksReader::document,
            DOCUMENT + "WHERE shard = ? AND id = ? AND NOT fresh",
            id.shard(),
            id.value())
        .stream()
        .findFirst();
  }

  @Override
  public List<StoredDocument> documentsOf(AccountId account, String kind, String after, int limit) {
    int shard = map.shardOf(account);
    return query(
        shard,
        BooksReader::document,
        DOCUMENT
            + "WHERE shard = ? AND account = ? AND kind = ? AND id > ? AND NOT fresh"
            + " ORDER BY id LIMIT ?",
        shard,
        account.value(),
        kind,
        after,
        limit);
  }

  @Override
  public Optional<StoredOperation> operation(String caller, Scope scope, IdempotencyKey key) {
    if (!scope.isIn(map)) {
      return Optional.empty();
    }
    int shard = scope.shard(map);
    return query(
            shard,
            BatchReader::operation,
            "SELECT shard, caller, scope, key, encode(digest, 'hex'), type, state, answer,"
                + " transaction, node, token, at FROM operation"
                + " WHERE shard = ? AND caller = ? AND scope = ? AND key = ?",
            shard,
            caller,
            scope.name(),
            key.value())
        .stream()
        .map(
            row ->
                new StoredOperation(
                    row.type(),
                    row.state() == OperationRow.State.PENDING
                        ? Optional.empty()
                        : Optional.of(Execution.reply(row, Reply.Origin.REPLAYED)),
                    row.at()))
        .findFirst();
  }

  @Override
  public List<StatementLine> statement(AccountId account, long after, int limit) {
    int shard = map.shardOf(account);
    return query(
        shard,
        row ->
            new StatementLine(
                row.getLong(1),
                instant(row.getTimestamp(2)),
                row.getLong(3),
                row.getLong(4),
                row.getString(5),
                row.getString(6)),
        "SELECT e.seq * "
            + LEGS
            + " + e.leg, j.at, e.amount, e.balance, j.type, j.key FROM entry e"
            + " JOIN journal j ON j.shard = e.shard AND j.seq = e.seq"
            + " WHERE e.shard = ? AND e.account = ? AND (e.seq, e.leg) > (?, ?)"
            + " ORDER BY e.seq, e.leg LIMIT ?",
        shard,
        account.value(),
        after / LEGS,
        (int) (after % LEGS),
        limit);
  }

  private static Instant instant(Timestamp at) {
    return at.toInstant();
  }
}
