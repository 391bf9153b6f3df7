package io.holdfast.lock.internal.upgrade;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.queue.QueueGrant;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A hold for writing inside an upgradable hold. It is over when either of the two is over. */
public final class UpgradedGrant implements LockGrant {

  private final QueueGrant reading;
  private final QueueGrant writing;
  private final Runnable ended;
  private volatile boolean released;

  /**
   * Inside {@code reading}.
   *
   * @param writing the place to write
   * @param ended called when this is released
   */
  UpgradedGrant(QueueGrant reading, QueueGrant writing, Runnable ended) {
    this.reading = reading;
    this.writing = writing;
    this.ended = ended;
  }

  @Override
  public LockName name() {
    return writing.name();
  }

  @Override
  public FencingToken token() {
    return writing.token();
  }

  @Override
  public GrantState state() {
    if (released) {
      return GrantState.RELEASED;
    }
    GrantState around = reading.state();
    return around == GrantState.HELD || around == GrantState.AT_RISK ? writing.state() : around;
  }

  @Override
  public boolean isHeld() {
    return !remaining().isZero();
  }

  @Override
  public Duration remaining() {
    return reading.isHeld() ? writing.remaining() : Duration.ZERO;
  }

  @Override
  public Transaction guard(Transaction transaction) {
    return writing.guard(reading.guard(transaction));
  }

  @Override
  public CompletionStage<LossReason> lost() {
    CompletableFuture<LossReason> lost = new CompletableFuture<>();
    writing.lost().thenAccept(lost::complete);
    reading
        .lost()
        .thenAccept(
            reason -> {
              if (!released) {
                lost.complete(reason);
              }
            });
    return lost.minimalCompletionStage();
  }

  /** The place that it has besides those of the hold around it. */
  public QueueGrant place() {
    return writing;
  }

  /** Ends this hold because the hold around it ends. */
  void end() {
    writing.release();
  }

  @Override
  public CompletableFuture<Void> release() {
    released = true;
    CompletableFuture<Void> left = writing.release();
    ended.run();
    return left;
  }

  @Override
  public void close() {
    release();
    writing.close();
  }

  @Override
  public String toString() {
    return "grant to write of " + name() + ", " + state() + ", token " + token();
  }
}
