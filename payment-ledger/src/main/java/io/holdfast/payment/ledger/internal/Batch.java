package io.holdfast.payment.ledger.internal;

import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.StaleOwnerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Many tasks in one local transaction: the fences of their shards, what they want to see, what they
 * change, the commit. Two messages: one that locks and reads, and one that writes and commits; more
 * if branches end that are not known, or something was not foreseen.
 *
 * <p>The rows of the shards are locked first. So whatever an earlier owner does is committed before
 * a new one has sealed the shard, or is refused; and nobody else changes the shard meanwhile.
 */
final class Batch {

  private final Connection connection;
  private final IntFunction<@Nullable FencingToken> tokens;
  private final ObjIntConsumer<FencingToken> onStale;
  private final OpenBranches branches;
  private final String node;
  private final Duration deadline;
  private final Instant now;
  private Collection<ShardBooks> seen = List.of();
  private boolean committing;

  Batch(
      Connection connection,
      IntFunction<@Nullable FencingToken> tokens,
      ObjIntConsumer<FencingToken> onStale,
      OpenBranches branches,
      String node,
      Duration deadline,
      Instant now) {
    this.connection = connection;
    this.tokens = tokens;
    this.onStale = onStale;
    this.branches = branches;
    this.node = node;
    this.deadline = deadline;
    this.now = now;
  }

  /**
   * Does all of it, and commits if it changes anything. Shards that are not ours any more are told.
   *
   * @param shards those that the tasks may change
   * @return the tasks that are done when that is committed; the others have failed
   */
  List<Task<?>> run(List<Task<?>> tasks, Set<Integer> shards) throws SQLException {
    Map<Integer, FencingToken> owned = new LinkedHashMap<>();
    for (int shard : new TreeSet<>(shards)) {
      FencingToken token = tokens.apply(shard);
      if (token != null) {
        owned.put(shard, token);
      }
    }
    BatchReader reader =
        new BatchReader(connection, (shard, branch) -> branches.find(branch, owned.get(shard)));
    Map<Integer, ShardBooks> books = read(tasks, owned, reader);
    seen = books.values();
    List<Task<?>> these = new ArrayList<>();
    for (Task<?> task : tasks) {
      if (books.containsKey(task.shard())) {
        these.add(task);
      } else {
        task.fail(new StaleOwnerException(task.shard(), null));
      }
    }
    if (these.isEmpty()) {
      // Lets go of the rows of shards that are somebody else's by now.
      connection.commit();
      return these;
    }
    try {
      for (Task<?> task : these) {
        UUID token = uuid(owned, task.shard());
        task.run(bookOf(books, task.shard()), new Moment(now, node, token, deadline));
      }
    } catch (UncheckedSqlException e) {
      throw e.sql();
    }
    BatchWriter writer = new BatchWriter(connection, now);
    writer.add(books.values());
    committing = true;
    writer.commit();
    books.forEach(
        (shard, here) -> branches.committed(here, owned.getOrDefault(shard, FencingToken.NONE)));
    return these;
  }

  /** Whether it may be committed if it has failed. */
  boolean isCommitting() {
    return committing;
  }

  /** What it has changed, or would have. */
  Collection<ShardBooks> books() {
    return seen;
  }

  private static UUID uuid(Map<Integer, FencingToken> owned, int shard) {
    return owned.getOrDefault(shard, FencingToken.NONE).toUuid();
  }

  private static ShardBooks bookOf(Map<Integer, ShardBooks> books, int shard) {
    ShardBooks here = books.get(shard);
    if (here == null) {
      throw new LedgerUnavailableException("the shard is not there", new IllegalStateException());
    }
    return here;
  }

  /** What the tasks want to see of the shards that are here, and ours. */
  private Map<Integer, ShardBooks> read(
      List<Task<?>> tasks, Map<Integer, FencingToken> owned, BatchReader reader)
      throws SQLException {
    Map<Integer, ShardBooks> books = new LinkedHashMap<>();
    Message message = new Message(connection);
    message.query(
        row -> {
          int shard = row.getInt(1);
          UUID token = row.getObject(2, UUID.class);
          if (!token.equals(uuid(owned, shard))) {
            onStale.accept(owned.getOrDefault(shard, FencingToken.NONE), shard);
          } else if (row.getString(5).equals("HERE")) {
            books.put(shard, new ShardBooks(shard, row.getLong(3), row.getBytes(4), reader, books));
          }
        },
        "SELECT shard, fence_token, seq, hash, state FROM shard WHERE shard = ANY (?)"
            + " ORDER BY shard FOR NO KEY UPDATE",
        message.array("int4", owned.keySet()));
    // Each statement sees what is committed when it begins: after the lock.
    reader.read(
        message, books, tasks.stream().filter(each -> owned.containsKey(each.shard())).toList());
    return books;
  }
}
