package io.holdfast.chaos.workload;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Looks from time to time who stands in the line of the {@link QueueTask}s. */
final class QueueWatchTask implements Workload.Task {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int PAUSE_MILLIS = 100;

  private final WorkloadContext context;

  QueueWatchTask(WorkloadContext context) {
    this.context = context;
  }

  @Override
  public void run() throws InterruptedException {
    LockQueues queues = new LockQueues(context.coordinator());
    while (!context.over().getAsBoolean()) {
      Optional<Session> session = context.coordinator().current();
      Invocation look = context.recorder().invoke(QueueTask.KEY, "look", Map.of());
      try {
        List<QueueMember> queue =
            queues.queue(QueueTask.LINE).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        look.ok(
            Map.of(
                "places",
                queue.stream()
                    .map(one -> one.token() + "@" + one.session().orElse("?"))
                    .collect(Collectors.joining(" ")),
                "session",
                session.map(Session::id).orElse("")));
      } catch (ExecutionException | TimeoutException e) {
        look.fail(e.toString());
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }
}
