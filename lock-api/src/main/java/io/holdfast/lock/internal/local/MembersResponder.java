package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers, for one process, every {@link MembersQuery}: tells who shares the places of its
 * sessions, and takes the answer back once the question is gone. Used in the coordinator's context
 * only.
 */
final class MembersResponder {

  /** After an answer; whoever asks has given up by then. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(3);

  private final LocalQueues queues;

  /** The questions that this session has answered. */
  private final Set<String> answered = new HashSet<>();

  private boolean willLookAgain;

  MembersResponder(Coordinator coordinator, LocalQueues queues) {
    this.queues = queues;
    coordinator.onSession(this::listen);
  }

  /** Answers of an earlier session are gone with it. */
  private void listen(Session session) {
    answered.clear();
    session.watch(MembersQuery.QUESTIONS, questions -> heard(session, questions));
  }

  /**
   * An answer stays until it is taken back, whatever becomes of a change that is told or of the
   * write: so while there is one, the questions are looked at now and then.
   */
  private void lookLater(Session session) {
    if (willLookAgain) {
      return;
    }
    willLookAgain = true;
    session
        .context()
        .schedule(
            LOOK_AGAIN,
            () -> {
              willLookAgain = false;
              if (!answered.isEmpty() && session.state() != SessionState.LOST) {
                session
                    .list(MembersQuery.QUESTIONS, Consistency.LINEARIZABLE)
                    .whenComplete((questions, failure) -> lookedAgain(session, questions));
              }
            });
  }

  private void lookedAgain(Session session, @Nullable Snapshot questions) {
    if (questions != null) {
      heard(session, questions);
    }
    if (!answered.isEmpty()) {
      lookLater(session);
    }
  }

  private void heard(Session session, Snapshot questions) {
    Set<String> open =
        questions.entries().stream().map(entry -> entry.key().name()).collect(Collectors.toSet());
    for (Entry question : questions.entries()) {
      if (answered.add(question.key().name())) {
        answer(session, question.key());
      }
    }
    for (String over : Set.copyOf(answered)) {
      if (!open.contains(over)) {
        withdraw(session, over);
      }
    }
  }

  /** Whoever asks does not wait for ever: an answer that cannot be given now is not given. */
  private void answer(Session session, Key question) {
    Key own = MembersQuery.answers(question.name()).child(session.id());
    session.commit(
        Transaction.EMPTY
            .require(new Transaction.Exists(question))
            .putForSession(own, queues.sharers(session).encode()));
    lookLater(session);
  }

  private void withdraw(Session session, String question) {
    Key own = MembersQuery.answers(question).child(session.id());
    session.commit(Transaction.EMPTY.delete(own)).thenRun(() -> answered.remove(question));
  }
}
