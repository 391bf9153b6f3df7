package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.UpgradeRefusedException;
import io.holdfast.spi.LeakDetector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handle through which a caller uses a hold. Nothing else refers to the handle, so its garbage
 * collection shows that the caller has forgotten it. The hold itself stays reachable through its
 * session, its queue and its timers.
 *
 * <p>A forgotten hold is logged and not released: its caller may still be at work and rely on it,
 * having kept only its token.
 *
 * @param <H> the hold itself
 */
public abstract class GrantHandle<H extends LockGrant> implements LockGrant {

  private static final Logger LOG = LoggerFactory.getLogger(GrantHandle.class);

  /** The stack trace is kept for the first so many holds, and then for one in so many. */
  private static final int SAMPLE = 64;

  private static final AtomicLong HANDED = new AtomicLong();

  private final H hold;
  private final LeakDetector watch;

  protected GrantHandle(H hold) {
    this.hold = hold;
    long number = HANDED.getAndIncrement();
    boolean sampled = number < SAMPLE || number % SAMPLE == 0;
    Throwable taken = sampled ? LeakDetector.here() : null;
    this.watch =
        LeakDetector.watch(
            () -> {
              if (isStillThere(hold)) {
                LOG.warn(
                    "forgotten while it is held: {}. Nobody can give it back any more: the lock stays"
                        + " taken until this process ends, or an operator releases it ('holdfast"
                        + " locks release'). Close every grant, in try-with-resources for instance;"
                        + " this one was taken {}",
                    hold,
                    taken == null
                        ? "somewhere (of one in " + SAMPLE + " it is known where)"
                        : "here:",
                    taken);
              }
            });
  }

  private static boolean isStillThere(LockGrant hold) {
    GrantState state = hold.state();
    return state == GrantState.HELD || state == GrantState.AT_RISK;
  }

  /** The grant behind the handle, if this is a handle. */
  public static LockGrant itself(LockGrant grant) {
    return grant instanceof GrantHandle<?> handed ? handed.hold() : grant;
  }

  /** The hold itself. */
  protected final H hold() {
    return hold;
  }

  @Override
  public LockName name() {
    return hold.name();
  }

  @Override
  public List<LockName> names() {
    return hold.names();
  }

  @Override
  public FencingToken token() {
    return hold.token();
  }

  @Override
  public GrantState state() {
    return hold.state();
  }

  @Override
  public boolean isHeld() {
    return hold.isHeld();
  }

  @Override
  public Duration remaining() {
    return hold.remaining();
  }

  @Override
  public Transaction guard(Transaction transaction) {
    return hold.guard(transaction);
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return hold.lost();
  }

  @Override
  public CompletableFuture<Void> release() {
    watch.end();
    return hold.release();
  }

  @Override
  public void close() {
    watch.end();
    hold.close();
  }

  @Override
  public String toString() {
    return hold.toString();
  }

  /** The handle of a hold whose mode does not change. */
  public static final class Plain<H extends LockGrant> extends GrantHandle<H> {

    public Plain(H hold) {
      super(hold);
    }
  }

  /**
   * The handle of a writer that can go on as a reader.
   *
   * <p>It takes two places in the queue with one join, one to write and one to read. There is no
   * other place between them, so they are admitted together. A downgrade leaves the first place.
   * Everybody else, other implementations included, sees two ordinary places.
   *
   * <pre>
   *   queue         W1 R1 | R2 R3 W4        W1 and R1 are one hold
   *   downgrade        R1 | R2 R3 W4        R2 and R3 come in, W4 still waits for all three
   * </pre>
   *
   * <p>An inspection shows both places, and a forced release removes both.
   */
  public static final class Downgradable extends GrantHandle<QueueGrant>
      implements ConvertibleGrant {

    public Downgradable(QueueGrant hold) {
      super(hold);
    }

    @Override
    public CompletableFuture<Void> downgrade() {
      return hold().downgrade();
    }

    @Override
    public LockGrant upgrade() {
      throw noUpgrade();
    }

    @Override
    public Optional<LockGrant> tryUpgrade() {
      throw noUpgrade();
    }

    @Override
    public Optional<LockGrant> tryUpgrade(Duration wait) {
      throw noUpgrade();
    }

    @Override
    public CompletableFuture<LockGrant> upgradeAsync() {
      return CompletableFuture.failedFuture(noUpgrade());
    }

    private UpgradeRefusedException noUpgrade() {
      return new UpgradeRefusedException(
          "a downgradable hold of " + name() + " has no way back from reading to writing");
    }
  }
}
