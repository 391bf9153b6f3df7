package io.holdfast.zookeeper.internal.write;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Futures;
import io.holdfast.spi.KeyOrder;
import io.holdfast.spi.SessionLife;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Refusals;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.DeletionWatches;
import io.holdfast.zookeeper.internal.read.Paths;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException.Code;

/**
 * Commits transactions: looks, plans, writes, and begins again when what was seen has changed.
 *
 * <p>A guard fails a transaction only on a look that was up to date; a look at a server that lags
 * merely leads to another look. Used in the context only.
 */
public final class Commits {

  private static final int MOST_TRIES = 30;

  private final Connection connection;
  private final GuardedWriter writer;
  private final SessionLife life;
  private final Directories directories;
  private final DeletionWatches watched;
  private final Paths paths;
  private final KeyOrder order;

  public Commits(
      Connection connection,
      GuardedWriter writer,
      SessionLife life,
      Directories directories,
      DeletionWatches watched,
      Paths paths,
      KeyOrder order) {
    this.order = order;
    this.connection = connection;
    this.writer = writer;
    this.life = life;
    this.directories = directories;
    this.watched = watched;
    this.paths = paths;
  }

  /** How fresh a look has to be. */
  private enum Look {
    /**
     * Only where no plan can be made without, and whatever the server has; of a node of the
     * session's own that is watched, that is known without asking.
     */
    QUICK,
    /** At every key, up to date. */
    THOROUGH
  }

  public void commit(Transaction transaction, CompletableFuture<Committed> committed) {
    Attempt attempt = new Attempt(transaction, committed);
    life.endWithSession(committed, attempt::endedWithSession);
    order.run(
        transaction.guards().stream().map(Transaction.Guard::key).toList(),
        transaction.writes().stream().map(Transaction.Write::key).toList(),
        committed,
        () -> attempt.begin(Look.QUICK));
  }

  /** One transaction under way. */
  private final class Attempt {
    final Transaction transaction;
    final CompletableFuture<Committed> committed;
    final CommitPlan plan;
    int tries;

    /** True while a write is on its way and nobody knows what becomes of it. */
    boolean sent;

    Attempt(Transaction transaction, CompletableFuture<Committed> committed) {
      this.transaction = transaction;
      this.committed = committed;
      this.plan = new CommitPlan(transaction, paths, connection.sessionId());
    }

    RuntimeException endedWithSession() {
      return sent
          ? new IndeterminateException(
              "the session ended before the reply came: the transaction may have taken effect, or"
                  + " may yet")
          : life.failure();
    }

    void begin(Look look) {
      if (committed.isDone()) {
        return;
      }
      tries++;
      if (tries > MOST_TRIES) {
        committed.completeExceptionally(
            new UnavailableException(
                "others changed the same keys all the time, or the connection broke again and"
                    + " again: nothing was written after "
                    + MOST_TRIES
                    + " tries"));
        return;
      }
      Set<Key> keys = look == Look.QUICK ? plan.mustLook() : plan.allKeys();
      if (keys.isEmpty()) {
        proceed(look, Map.of());
        return;
      }
      Map<Key, CompletableFuture<Reply<Reply.Node>>> asked = new LinkedHashMap<>();
      if (look == Look.QUICK) {
        keys.forEach(key -> asked.put(key, glance(key)));
        whenAnswered(asked, () -> looked(look, asked));
      } else {
        writer
            .upToDate(() -> keys.forEach(key -> asked.put(key, node(key))))
            .thenAccept(
                upToDate -> {
                  if (upToDate) {
                    whenAnswered(asked, () -> looked(look, asked));
                  } else {
                    begin(look);
                  }
                });
      }
    }

    private void whenAnswered(Map<Key, CompletableFuture<Reply<Reply.Node>>> asked, Runnable then) {
      Futures.all(asked.values()).thenRun(then);
    }

    private CompletableFuture<Reply<Reply.Node>> node(Key key) {
      return connection.node(paths.of(key));
    }

    /** A plan does not depend on what an ephemeral node holds. */
    private CompletableFuture<Reply<Reply.Node>> glance(Key key) {
      return watched
          .seen(paths.of(key))
          .filter(stat -> stat.getEphemeralOwner() == connection.sessionId())
          .map(stat -> new Reply<>(Code.OK, new Reply.Node(Payload.EMPTY, stat)))
          .map(CompletableFuture::completedFuture)
          .orElseGet(() -> node(key));
    }

    private void looked(Look look, Map<Key, CompletableFuture<Reply<Reply.Node>>> asked) {
      Map<Key, Optional<Reply.Node>> looks = new HashMap<>();
      for (Map.Entry<Key, CompletableFuture<Reply<Reply.Node>>> entry : asked.entrySet()) {
        Reply<Reply.Node> reply = entry.getValue().join();
        if (!reply.isOk() && !reply.isAbsent()) {
          committed.completeExceptionally(
              Refusals.or(
                  reply.code(),
                  paths.of(entry.getKey()),
                  "could not look at "
                      + entry.getKey()
                      + ": "
                      + reply.code()
                      + "; nothing was written"));
          return;
        }
        looks.put(entry.getKey(), reply.isOk() ? Optional.of(reply.value()) : Optional.empty());
      }
      proceed(look, looks);
    }

    private void proceed(Look look, Map<Key, Optional<Reply.Node>> looks) {
      plan.make(looks);
      boolean deletesNothing = look == Look.QUICK && deletesAbsent(looks);
      if (deletesNothing || (look == Look.QUICK && plan.contradiction().isPresent())) {
        begin(Look.THOROUGH);
      } else if (plan.contradiction().isPresent()) {
        committed.completeExceptionally(
            new GuardFailedException("nothing was written: " + plan.contradiction().get()));
      } else {
        writer.write(plan.ops(), () -> sent = true).thenAccept(this::ended);
      }
    }

    private boolean deletesAbsent(Map<Key, Optional<Reply.Node>> looks) {
      return transaction.writes().stream()
          .filter(Transaction.Delete.class::isInstance)
          .anyMatch(delete -> looks.getOrDefault(delete.key(), Optional.empty()).isEmpty());
    }

    private void ended(WriteOutcome outcome) {
      sent = false;
      if (outcome instanceof WriteOutcome.Done done) {
        committed.complete(new Committed(done.revision()));
      } else if (outcome instanceof WriteOutcome.DoneUnseen done
          && !done.revision().equals(Revision.NONE)) {
        committed.complete(new Committed(done.revision()));
      } else if (outcome instanceof WriteOutcome.Refused refused) {
        refused(refused.code());
      } else if (outcome instanceof WriteOutcome.Undone) {
        begin(Look.THOROUGH);
      } else {
        committed.completeExceptionally(
            new IndeterminateException(
                "the reply was lost, and later writes have covered the trace; look at the keys"));
      }
    }

    private void refused(Code code) {
      switch (code) {
        case NONODE -> directories.make(plan.directories()).thenRun(() -> begin(Look.THOROUGH));
        case NODEEXISTS, BADVERSION -> begin(Look.THOROUGH);
        case NOTEMPTY ->
            committed.completeExceptionally(
                new IllegalArgumentException(
                    "in ZooKeeper a key with keys below it can be neither deleted nor given another"
                        + " lifetime, and a directory can be no key: "
                        + plan.allKeys()));
        case NOCHILDRENFOREPHEMERALS ->
            committed.completeExceptionally(
                new IllegalArgumentException(
                    "in ZooKeeper nothing can be below a key that lives as long as a session: "
                        + plan.allKeys()));
        default ->
            committed.completeExceptionally(
                Refusals.or(
                    code,
                    String.valueOf(plan.allKeys()),
                    "ZooKeeper refused the transaction: " + code));
      }
    }
  }
}
