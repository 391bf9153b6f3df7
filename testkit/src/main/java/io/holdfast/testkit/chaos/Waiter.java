package io.holdfast.testkit.chaos;

import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.history.Recorder;
import io.holdfast.testkit.history.Recorder.Invocation;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Stands in line for one lock, holds it for a moment, and goes to the end. */
final class Waiter implements Workload.Task {

  static final String LINE = "line";
  static final String KEY = "fairness/" + LINE;

  private static final int LONGEST_HOLD_MILLIS = 15;
  private static final int LONGEST_PAUSE_MILLIS = 60;

  private final Scene scene;
  private final Recorder recorder;

  Waiter(Scene scene) {
    this.scene = scene;
    this.recorder = scene.recorder();
  }

  @Override
  public void run() throws InterruptedException {
    DistributedLock line =
        new Locks(scene.coordinator()).lock(LINE, scene.habits().lineOptions()).exclusive();
    Random random = scene.random(Thread.currentThread().getName());
    while (!scene.over().getAsBoolean()) {
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
            Integer.toString(Habits.HAND_OVERS));
    long called = System.nanoTime();
    Invocation acquire = recorder.invokeAt(called, KEY, "acquire", asked);
    CompletableFuture<LockGrant> turn = scene.habits().queue(line);
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
