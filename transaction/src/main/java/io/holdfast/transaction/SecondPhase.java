package io.holdfast.transaction;

import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second phase: ends branches as was decided, and tries again until it is done.
 *
 * <p>At each participant a few requests are under way at a time, and what comes meanwhile is
 * gathered for the next. Of a request that fails each branch is tried again by itself, so that one
 * that cannot be ended holds nobody else up. What waits is bounded by how many transactions are
 * under way: those that need a participant that is away do not get so far. Used in the context
 * only.
 */
final class SecondPhase {

  private static final Logger LOG = LoggerFactory.getLogger(SecondPhase.class);
  private static final int MOST_AT_ONCE = 32;
  private static final int MOST_REQUESTS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Context context;
  private final Map<String, Lane> lanes = new HashMap<>();
  private boolean closed;

  SecondPhase(Context context) {
    this.context = context;
  }

  /** Ends a branch. {@code then} is run in the context once that is done, however late. */
  void end(Participant participant, BranchId branch, boolean commit, Runnable then) {
    Lane lane = lanes.computeIfAbsent(participant.name(), name -> new Lane(participant));
    lane.add(new Task(branch, commit, then, 0));
  }

  /** Nothing is tried any more. */
  void close() {
    closed = true;
  }

  private record Task(BranchId branch, boolean commit, Runnable then, int failures) {
    Task again() {
      return new Task(branch, commit, then, failures + 1);
    }
  }

  private final class Lane {
    private final Participant participant;
    private final Deque<Task> waiting = new ArrayDeque<>();

    /** The branches that were reported to operators. */
    private final Set<BranchId> heuristic = new HashSet<>();

    private int requests;

    Lane(Participant participant) {
      this.participant = participant;
    }

    void add(Task task) {
      waiting.add(task);
      send();
    }

    private void send() {
      while (!closed && !waiting.isEmpty() && requests < MOST_REQUESTS) {
        request(gather());
      }
    }

    /** Those at the head that go together; one that has failed goes alone. */
    private List<Task> gather() {
      List<Task> batch = new ArrayList<>();
      Task first = waiting.remove();
      batch.add(first);
      while (first.failures == 0
          && batch.size() < MOST_AT_ONCE
          && !waiting.isEmpty()
          && waiting.getFirst().failures == 0
          && waiting.getFirst().commit == first.commit) {
        batch.add(waiting.remove());
      }
      return batch;
    }

    private void request(List<Task> batch) {
      requests++;
      List<BranchId> branches = batch.stream().map(Task::branch).toList();
      boolean commit = batch.get(0).commit;
      ForeignCalls.of(() -> commit ? participant.commit(branches) : participant.abort(branches))
          .whenComplete((done, failure) -> context.execute(() -> answered(batch, failure)));
    }

    private void answered(List<Task> batch, Throwable failure) {
      requests--;
      for (Task task : batch) {
        if (failure == null) {
          heuristic.remove(task.branch);
          task.then.run();
        } else if (batch.size() > 1) {
          waiting.addLast(task.again());
        } else {
          again(task.again(), failure);
        }
      }
      send();
    }

    private void again(Task task, Throwable failure) {
      Throwable cause = Decisions.cause(failure);
      if (cause instanceof HeuristicException && heuristic.add(task.branch)) {
        LOG.error(
            "{} has not {} as was decided: {}",
            participant.name(),
            task.commit ? "committed" : "aborted",
            cause.getMessage());
      } else if (task.failures == 3) {
        LOG.warn(
            "{} does not end {}, trying on: {}",
            participant.name(),
            task.branch,
            failure.toString());
      }
      long longest =
          Math.min(
              Durations.nanos(LONGEST_PAUSE),
              Durations.nanos(FIRST_PAUSE) << Math.min(20, task.failures - 1));
      long pause = context.random().nextLong(longest / 2, longest + 1);
      context.schedule(Duration.ofNanos(pause), () -> add(task));
    }
  }
}
