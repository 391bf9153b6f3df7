package io.holdfast.lock.internal.local;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.Backoff;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A question to other processes: who shares your places? It is a key that lives with the session of
 * whoever asks, and every process that shares places watches for such.
 *
 * <pre>
 *   questions/1                      put by whoever asks
 *   answers/1/session of a process   put by its {@link MembersResponder}, while the question is there
 * </pre>
 */
public final class MembersQuery {

  static final Key QUESTIONS = Key.of("questions");
  private static final Key ANSWERS = Key.of("answers");

  /** A process that is alive answers in two round trips. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Session session;
  private final Set<String> asked;
  private final String id = UUID.randomUUID().toString();
  private final CompletableFuture<PlaceMembers> answered = new CompletableFuture<>();
  private PlaceMembers heard = PlaceMembers.NONE;

  /**
   * A question.
   *
   * @param session of whoever asks
   * @param asked the sessions whose answer is waited for
   */
  public MembersQuery(Session session, Set<String> asked) {
    this.session = session;
    this.asked = Set.copyOf(asked);
  }

  static Key answers(String question) {
    return ANSWERS.child(question);
  }

  /**
   * Asks, in the session's context.
   *
   * @return what was answered until all have, or for {@link #PATIENCE}; fails as {@link
   *     Session#commit}
   */
  public CompletableFuture<PlaceMembers> ask() {
    if (asked.isEmpty()) {
      return CompletableFuture.completedFuture(PlaceMembers.NONE);
    }
    Key question = QUESTIONS.child(id);
    Watch watch = session.watch(answers(id), found -> hear(found.entries()));
    Runnable stopWaiting = session.context().schedule(PATIENCE, () -> answered.complete(heard));
    Runnable stopFollowing =
        session.onState(
            state -> {
              if (state == SessionState.LOST) {
                answered.complete(heard);
              }
            });
    session
        .commit(Transaction.EMPTY.putForSession(question, Payload.EMPTY))
        .exceptionally(
            failure -> {
              answered.completeExceptionally(Acquisition.unwrap(failure));
              return null;
            });
    answered.whenComplete(
        (answers, failure) -> {
          stopWaiting.run();
          stopFollowing.run();
          watch.close();
          takeBack(question, 0);
        });
    return answered;
  }

  /** Until it is done, or the question has gone with the session. */
  private void takeBack(Key question, int failures) {
    session
        .commit(Transaction.EMPTY.delete(question))
        .whenComplete(
            (done, failure) -> {
              if (failure != null && session.state() != SessionState.LOST) {
                session
                    .context()
                    .schedule(
                        Backoff.pause(failures, session.context().random()),
                        () -> takeBack(question, failures + 1));
              }
            });
  }

  private void hear(List<Entry> answers) {
    heard =
        answers.stream()
            .map(answer -> PlaceMembers.decode(answer.payload()))
            .reduce(PlaceMembers.NONE, PlaceMembers::and);
    Set<String> from =
        answers.stream().map(answer -> answer.key().name()).collect(Collectors.toSet());
    if (from.containsAll(asked)) {
      answered.complete(heard);
    }
  }
}
