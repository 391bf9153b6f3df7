package io.holdfast.payment.shard;

import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's claim to one shard.
 *
 * <pre>
 *            want                granted             sealed
 *   IDLE -----------> WAITING -----------> SEALING -----------> SERVING
 *    ^ ^                 | unwant             | unwant, lost       | unwant
 *    | +-----------------+--------------------+                    v
 *    +---------------------------------------------------------- LEAVING
 *                         (SERVING: lost or fenced, straight to IDLE)
 * </pre>
 *
 * <p>The fence is sealed before the gate opens, so that nothing of an earlier owner can follow what
 * this one reads. A loss closes the gate at once and waits for nobody: who is inside is stopped by
 * the fence. A claim that is still wanted begins again from IDLE. All methods but {@link #state}
 * are called in the context.
 */
final class ShardClaim {

  private static final Logger LOG = LoggerFactory.getLogger(ShardClaim.class);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final int shard;
  private final DistributedLock lock;
  private final ShardGate gate;
  private final Function<Fence, CompletableFuture<Void>> sealer;
  private final Supplier<CompletableFuture<Void>> settled;
  private final Consumer<Fence> release;
  private final Context context;
  private final Counters counters;
  private final Runnable onChange;
  private final Duration drain;
  private final List<CompletableFuture<Void>> awaitingIdle = new ArrayList<>();

  /** Read by any thread. */
  private volatile ShardState state = ShardState.IDLE;

  private boolean wanted;
  private @Nullable CompletableFuture<LockGrant> pending;
  private @Nullable LockGrant grant;

  /**
   * To a shard.
   *
   * @param settled completes when what was answered so far is committed
   */
  ShardClaim(
      int shard,
      DistributedLock lock,
      ShardGate gate,
      Function<Fence, CompletableFuture<Void>> sealer,
      Supplier<CompletableFuture<Void>> settled,
      Consumer<Fence> release,
      Context context,
      Counters counters,
      Runnable onChange,
      Duration drain) {
    this.shard = shard;
    this.lock = lock;
    this.gate = gate;
    this.sealer = sealer;
    this.settled = settled;
    this.release = release;
    this.context = context;
    this.counters = counters;
    this.onChange = onChange;
    this.drain = drain;
  }

  int shard() {
    return shard;
  }

  /** From any thread. */
  ShardState state() {
    return state;
  }

  void want() {
    wanted = true;
    begin();
  }

  void unwant() {
    wanted = false;
    if (state == ShardState.WAITING && pending != null) {
      pending.cancel(true);
    } else if (state == ShardState.SERVING) {
      leave();
    }
  }

  void fenced(Fence fence) {
    LockGrant held = grant;
    if (state == ShardState.SERVING && held != null && fence.equals(fence(held))) {
      LOG.warn("shard {} was sealed by a later owner; giving it up", shard);
      drop();
      held.release();
    }
  }

  void whenIdle(CompletableFuture<Void> done) {
    if (state == ShardState.IDLE) {
      done.complete(null);
    } else {
      awaitingIdle.add(done);
    }
  }

  private Fence fence(LockGrant of) {
    return new Fence(shard, of.token());
  }

  private void begin() {
    if (state != ShardState.IDLE || !wanted) {
      return;
    }
    state = ShardState.WAITING;
    CompletableFuture<LockGrant> acquisition = lock.acquireAsync();
    pending = acquisition;
    acquisition.whenComplete(
        (granted, failure) ->
            context.execute(
                () -> {
                  pending = null;
                  if (failure == null) {
                    granted(granted);
                  } else {
                    idle();
                  }
                }));
  }

  private void granted(LockGrant granted) {
    if (!wanted) {
      releaseThenIdle(granted);
      return;
    }
    grant = granted;
    state = ShardState.SEALING;
    granted.lost().thenRun(() -> context.execute(() -> lost(granted)));
    seal(granted);
  }

  private void seal(LockGrant granted) {
    sealer
        .apply(fence(granted))
        .whenComplete((none, failure) -> context.execute(() -> sealed(granted, failure)));
  }

  private void sealed(LockGrant granted, @Nullable Throwable failure) {
    if (grant != granted || state != ShardState.SEALING) {
      return;
    }
    if (!wanted) {
      releaseThenIdle(granted);
    } else if (failure == null) {
      serve(granted);
    } else if (isStale(failure)) {
      LOG.warn("shard {} is sealed by a later owner; queueing again", shard);
      counters.add(Count.FENCE_REJECTIONS);
      releaseThenIdle(granted);
    } else {
      LOG.warn("shard {} could not be sealed yet: {}", shard, failure.getMessage());
      context.schedule(PAUSE, () -> sealAgain(granted));
    }
  }

  private void sealAgain(LockGrant granted) {
    if (grant != granted || state != ShardState.SEALING) {
      return;
    }
    if (wanted) {
      seal(granted);
    } else {
      releaseThenIdle(granted);
    }
  }

  private static boolean isStale(Throwable failure) {
    return failure instanceof StaleOwnerException
        || (failure instanceof CompletionException
            && failure.getCause() instanceof StaleOwnerException);
  }

  private void serve(LockGrant granted) {
    state = ShardState.SERVING;
    gate.open(fence(granted), granted::isHeld);
    counters.add(Count.SHARDS_ACQUIRED);
    LOG.info("shard {} is served here, token {}", shard, granted.token());
    onChange.run();
  }

  private void lost(LockGrant lost) {
    if (grant != lost) {
      return;
    }
    if (state == ShardState.SERVING) {
      LOG.warn("the lock of shard {} is lost; no longer serving it", shard);
      drop();
    } else if (state == ShardState.SEALING) {
      idle();
    }
  }

  /** Stops serving at once. Whoever is inside meets the fence. */
  private void drop() {
    gate.close();
    disown();
    counters.add(Count.SHARDS_LOST);
    idle();
    onChange.run();
  }

  /** Stops serving in good order. */
  private void leave() {
    LockGrant held = grant;
    if (held == null) {
      return;
    }
    state = ShardState.LEAVING;
    gate.close()
        .thenCompose(none -> settled.get())
        .completeOnTimeout(null, Durations.nanos(drain), TimeUnit.NANOSECONDS)
        .whenComplete((none, failure) -> context.execute(() -> releaseThenIdle(held)));
    LOG.info("shard {} is given up", shard);
    onChange.run();
  }

  private void releaseThenIdle(LockGrant held) {
    state = ShardState.LEAVING;
    grant = held;
    disown();
    held.release().whenComplete((none, failure) -> context.execute(this::idle));
  }

  /** The ledger must do nothing more of the shard by itself. */
  private void disown() {
    LockGrant held = grant;
    if (held != null) {
      release.accept(fence(held));
    }
  }

  private void idle() {
    disown();
    state = ShardState.IDLE;
    grant = null;
    awaitingIdle.forEach(done -> done.complete(null));
    awaitingIdle.clear();
    if (wanted) {
      // Not at once: what made us drop it may still be there.
      context.schedule(PAUSE, this::begin);
    }
  }
}
