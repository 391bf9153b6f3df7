package io.holdfast.transaction.outbox;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Context;
import io.holdfast.transaction.internal.ExclusiveTask;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of an outbox. Every process of a service has one; whichever holds the
 * outbox's lock delivers, and the next takes over when it dies.
 *
 * <pre>
 *   service     | BEGIN; UPDATE account ...; append message; COMMIT
 *   relay       |                         reads it -- publishes it -- marks it, if not succeeded
 *   receiver    |                                     BEGIN; seen before? else work; COMMIT
 * </pre>
 *
 * <p><b>At least once.</b> A relay that dies, or is succeeded, between delivering and marking
 * leaves a message to be delivered again. Receivers drop it by {@link Message#id}, in the
 * transaction that does the work: then every message has one effect.
 *
 * <p><b>In order per key.</b> A message is delivered when all of its key before it are. One that
 * fails holds back its key and no other. It is tried again after growing pauses, {@link
 * RelayOptions#attempts} times, and then parked: an operator resumes or discards it.
 *
 * <p><b>None is skipped.</b> Transactions commit in another order than that of their positions. A
 * relay that remembered how far it was would miss those that commit late. This one looks for
 * whatever is not marked.
 *
 * <p><b>Fenced.</b> Marks go under the lock's token, and are refused from who was succeeded.
 *
 * <p>Thread-safe. No method but {@link #close} blocks.
 */
public final class OutboxRelay implements AutoCloseable {

  private static final long LONGEST_CLOSE_SECONDS = 10;

  private final Context context;
  private final RelayTerm.Surroundings around;
  private final ExclusiveTask exclusiveTask;

  /** Written in the context only. */
  private volatile @Nullable RelayTerm term;

  /** With the default options. */
  public OutboxRelay(
      Coordinator coordinator, String outbox, OutboxStore store, Publisher publisher) {
    this(coordinator, outbox, store, publisher, RelayOptions.defaults());
  }

  /**
   * Begins to wait for the lock {@code outbox/NAME}, and delivers once it is held.
   *
   * @param outbox what the outbox is called, the same in every process, and another for every table
   * @throws IllegalArgumentException if no lock can be called that
   */
  public OutboxRelay(
      Coordinator coordinator,
      String outbox,
      OutboxStore store,
      Publisher publisher,
      RelayOptions options) {
    this(
        outbox,
        new Locks(Objects.requireNonNull(coordinator, "coordinator"))
                .lock("outbox/" + outbox, LockConfig.unshared())
                .exclusive()
            ::acquireAsync,
        new RelayTerm.Surroundings(
            coordinator.context(),
            Objects.requireNonNull(store, "store"),
            Objects.requireNonNull(publisher, "publisher"),
            Objects.requireNonNull(options, "options"),
            RelayRules.SOUND,
            InstantSource.system(),
            new RelayCounters()));
  }

  OutboxRelay(
      String name, Supplier<CompletableFuture<LockGrant>> lock, RelayTerm.Surroundings around) {
    this.context = around.context();
    this.around = around;
    this.exclusiveTask =
        new ExclusiveTask("the relay of outbox " + name, context, lock, new Relaying());
    exclusiveTask.start();
  }

  private final class Relaying implements ExclusiveTask.Work {

    @Override
    public CompletionStage<Void> seal(FencingToken token) {
      return around.store().seal(token);
    }

    @Override
    public void begin(LockGrant grant) {
      RelayTerm begun = new RelayTerm(around, grant, exclusiveTask);
      term = begun;
      begun.begin();
    }

    @Override
    public void end() {
      RelayTerm ended = term;
      term = null;
      if (ended != null) {
        ended.end();
      }
    }
  }

  /**
   * Has it look now instead of at the next interval, if this is the one that delivers: for who has
   * just committed a message. A call too many costs one small query.
   */
  public void nudge() {
    context.execute(
        () -> {
          RelayTerm now = term;
          if (now != null) {
            now.look();
          }
        });
  }

  /** What it does and has done. */
  public RelayActivity activity() {
    return around.counters().activity(term != null);
  }

  /**
   * Stops, and gives the lock back. What is under way is delivered again by the next. Idempotent.
   * Blocks until the cluster knows, for ten seconds at most.
   */
  @Override
  public void close() {
    exclusiveTask
        .close()
        .completeOnTimeout(null, LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(othersSeeToIt -> null)
        .join();
  }
}
