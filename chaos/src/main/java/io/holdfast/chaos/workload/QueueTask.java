package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Stands in line for one lock, holds it for a moment, and goes to the end. */
final class QueueTask implements Workload.Task {

  static final String LINE = "line";
  static final String KEY = "fairness/" + LINE;

  private static final int LONGEST_HOLD_MILLIS = 15;
  private static final int LONGEST_PAUSE_MILLIS = 60;

  private final WorkloadContext context;
  private final Recorder recorder;

  QueueTask(WorkloadContext context) {
    this.context = context;
    this.recorder = context.recorder();
  }

  @Override
  public void run() throws InterruptedException {
    DistributedLock line =
        new Locks(context.coordinator()).lock(LINE, context.behaviour().lineOptions()).exclusive();
    Random random = context.random(Thread.currentThread().getName());
    while (!context.over().getAsBoolean()) {
      stand(line, random);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
    }
  }

  private void stand(DistributedLock line, Random random) throws InterruptedException {
    String hold = UUID.randomUUID().toString();
    Map<String, String> asked =
        Map.of(
            "hold",
            hold,
            "claims",
            LINE + ":exclusive",
            "handovers",
            Integer.toString(ClientBehaviour.HAND_OVERS));
    long called = System.nanoTime();
    Invocation acquire = recorder.invokeAt(called, KEY, "acquire", asked);
    CompletableFuture<LockGrant> turn = context.behaviour().queue(line);
    long queued = System.nanoTime();
    LockGrant grant;
    try {
      grant = turn.get();
    } catch (ExecutionException | CancellationException e) {
      acquire.info(e.toString());
      return;
    }
    acquire.ok(Map.of("tokens", LINE + "=" + grant.token(), "queued", Long.toString(queued)));
    TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_HOLD_MILLIS));
    long now = System.nanoTime();
    boolean held = grant.isHeld();
    Invocation release =
        recorder.invokeAt(held ? now : called, KEY, "release", Map.of("hold", hold));
    grant.release().join();
    release.ok(Map.of());
  }
}
