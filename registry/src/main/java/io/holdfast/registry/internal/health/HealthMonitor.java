package io.holdfast.registry.internal.health;

import io.holdfast.registry.HealthCheck;
import io.holdfast.registry.HealthPolicy;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link HealthCheck} again and again and gives a verdict: STARTING until so many runs in a
 * row agree, then UP or DOWN.
 *
 * <p>A run is under way from {@link #begin} until its stage completes. It counts once: when it
 * completes, or as failed when the time-out passes first. If it is still under way when the next
 * would begin, that one is left out and counts as failed: an instance whose check hangs goes DOWN
 * by the same count as one whose check fails.
 *
 * <p>The coordinator's context is the scheduler and holds the state; checks run on {@code worker}.
 */
public final class HealthMonitor {

  private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);
  private static final int JITTER_PARTS = 10;

  private final String name;
  private final Context context;
  private final Executor worker;
  private final HealthCheck check;
  private final HealthPolicy policy;
  private final Consumer<InstanceStatus> sink;

  /** Used in the context only, as is all below. */
  private InstanceStatus verdict = InstanceStatus.STARTING;

  private int goodInARow;
  private int badInARow;
  private @Nullable Run underWay;
  private Runnable stopTimer = () -> {};
  private boolean stopped;

  /** One run. */
  private static final class Run {
    private boolean counted;
    private Runnable stopTimeout = () -> {};

    /** Set by the worker, once the run has begun. */
    private volatile @Nullable CompletionStage<Boolean> stage;
  }

  /** Tells {@code sink} the verdict after every run, in the context. */
  public HealthMonitor(
      String name,
      Context context,
      Executor worker,
      HealthCheck check,
      HealthPolicy policy,
      Consumer<InstanceStatus> sink) {
    this.name = name;
    this.context = context;
    this.worker = worker;
    this.check = check;
    this.policy = policy;
    this.sink = sink;
  }

  /** Begins at once. Any thread may call. */
  public void start() {
    context.execute(this::tick);
  }

  /** Any thread may call. */
  public void stop() {
    context.execute(
        () -> {
          stopped = true;
          stopTimer.run();
          Run run = underWay;
          if (run != null) {
            run.stopTimeout.run();
            cancel(run);
          }
        });
  }

  private void tick() {
    if (stopped) {
      return;
    }
    long interval = Durations.nanos(policy.interval());
    long jitter = context.random().nextLong(interval / JITTER_PARTS + 1);
    stopTimer = context.schedule(Duration.ofNanos(interval - jitter), this::tick);
    if (underWay == null) {
      begin();
    } else if (underWay.counted) {
      count(false, "the run before has not come to its end");
    }
  }

  private void begin() {
    Run run = new Run();
    underWay = run;
    run.stopTimeout = context.schedule(policy.timeout(), () -> timedOut(run));
    worker.execute(
        () -> {
          CompletionStage<Boolean> stage = started();
          run.stage = stage;
          stage.whenComplete(
              (healthy, failure) -> context.execute(() -> completed(run, healthy, failure)));
        });
  }

  /** Whatever a foreign check throws is its failure, not the thread's. */
  private CompletionStage<Boolean> started() {
    try {
      return check.run();
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private void completed(Run run, @Nullable Boolean healthy, @Nullable Throwable failure) {
    underWay = null;
    run.stopTimeout.run();
    if (!run.counted && !stopped) {
      run.counted = true;
      count(failure == null && Boolean.TRUE.equals(healthy), String.valueOf(failure));
    }
  }

  private void timedOut(Run run) {
    if (!run.counted && !stopped) {
      run.counted = true;
      count(false, "nothing within " + Durations.text(policy.timeout()));
      cancel(run);
    }
  }

  private static void cancel(Run run) {
    if (run.stage instanceof CompletableFuture<Boolean> future) {
      try {
        future.cancel(true);
      } catch (UnsupportedOperationException e) {
        LOG.trace("a stage that cannot be cancelled has to come to its end", e);
      }
    }
  }

  private void count(boolean good, String why) {
    goodInARow = good ? goodInARow + 1 : 0;
    badInARow = good ? 0 : badInARow + 1;
    if (verdict != InstanceStatus.UP && goodInARow >= policy.rise()) {
      LOG.info("{} is healthy after {} good checks", name, goodInARow);
      verdict = InstanceStatus.UP;
    } else if (verdict != InstanceStatus.DOWN && badInARow >= policy.fall()) {
      LOG.warn("{} is unhealthy after {} bad checks, the last: {}", name, badInARow, why);
      verdict = InstanceStatus.DOWN;
    }
    sink.accept(verdict);
  }
}
