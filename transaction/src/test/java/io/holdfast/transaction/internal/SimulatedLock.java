package io.holdfast.transaction.internal;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.LockName;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A lock whose holders may learn late that they have been succeeded, and believe in their hold
 * until then: worse than the real one, which goes by the clock as well.
 */
public final class SimulatedLock {

  private static final int LATEST_NEWS_MILLIS = 3_000;

  private final Random random;
  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private @Nullable Grant holder;
  private long tokens;

  private record Waiter(Context context, CompletableFuture<LockGrant> turn) {}

  /** Held by nobody. */
  public SimulatedLock(Random random) {
    this.random = random;
  }

  /** Queues. */
  public CompletableFuture<LockGrant> acquire(Context context) {
    CompletableFuture<LockGrant> turn = new CompletableFuture<>();
    waiting.add(new Waiter(context, turn));
    grantNext();
    return turn;
  }

  /** Whoever holds it has held it for long enough, and is told some time. */
  public void depose() {
    Grant deposed = holder;
    if (deposed != null) {
      deposed.context.schedule(
          Duration.ofMillis(random.nextInt(LATEST_NEWS_MILLIS)), deposed::learnLoss);
      holder = null;
      grantNext();
    }
  }

  /** The sessions of a process are over: what it waits for and holds. */
  public void leave(Context context) {
    waiting.removeIf(each -> each.context == context);
    Grant there = holder;
    if (there != null && there.context == context) {
      depose();
    }
  }

  private void grantNext() {
    while (holder == null && !waiting.isEmpty()) {
      Waiter next = waiting.remove();
      if (next.turn.isDone()) {
        continue;
      }
      Grant grant = new Grant(next.context, FencingToken.of(new Revision(++tokens)));
      holder = grant;
      next.context.schedule(Duration.ofMillis(random.nextInt(40)), () -> next.turn.complete(grant));
    }
  }

  private final class Grant implements LockGrant {
    private final Context context;
    private final FencingToken token;
    private final CompletableFuture<LossReason> lost = new CompletableFuture<>();

    Grant(Context context, FencingToken token) {
      this.context = context;
      this.token = token;
    }

    void learnLoss() {
      lost.complete(LossReason.EXPIRED);
    }

    @Override
    public LockName name() {
      return new LockName("simulated");
    }

    @Override
    public FencingToken token() {
      return token;
    }

    @Override
    public GrantState state() {
      return lost.isDone() ? GrantState.LOST : GrantState.HELD;
    }

    @Override
    public boolean isHeld() {
      return !lost.isDone();
    }

    @Override
    public Duration remaining() {
      return lost.isDone() ? Duration.ZERO : Duration.ofSeconds(1);
    }

    @Override
    public void ensureHeld() {
      if (lost.isDone()) {
        throw new LockLostException("lost");
      }
    }

    @Override
    public Transaction guard(Transaction transaction) {
      throw new UnsupportedOperationException("nobody asks for it here");
    }

    @Override
    public CompletionStage<LossReason> lost() {
      return lost;
    }

    @Override
    public CompletableFuture<Void> release() {
      if (holder == this) {
        holder = null;
        grantNext();
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      release();
    }
  }
}
