package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Reads of whole directories that several registrations share: a thousand of them that lost their
 * replies together look once, not a thousand times. A caller that asks while a read is under way
 * gets the next one, which begins after its question and so cannot miss what it asks about.
 *
 * <p>Used in the coordinator's context only.
 */
public final class DirectoryReads {

  private record Subject(String session, Key directory) {}

  /** For each subject that is being read, the next read; not begun, and perhaps not wanted. */
  private final Map<Subject, CompletableFuture<Snapshot>> next = new HashMap<>();

  /** What the directory holds, linearizably; fails as {@link Session#list} does. */
  CompletableFuture<Snapshot> at(Session session, Key directory) {
    Subject subject = new Subject(session.id(), directory);
    CompletableFuture<Snapshot> later = next.get(subject);
    return later != null ? later : begin(session, subject);
  }

  private CompletableFuture<Snapshot> begin(Session session, Subject subject) {
    CompletableFuture<Snapshot> following = new CompletableFuture<>();
    next.put(subject, following);
    CompletableFuture<Snapshot> answer =
        session.list(subject.directory(), Consistency.LINEARIZABLE);
    answer.whenComplete(
        (snapshot, failure) -> session.context().execute(() -> over(session, subject, following)));
    return answer;
  }

  private void over(Session session, Subject subject, CompletableFuture<Snapshot> following) {
    next.remove(subject);
    if (following.getNumberOfDependents() > 0) {
      begin(session, subject)
          .whenComplete(
              (snapshot, failure) -> {
                if (failure == null) {
                  following.complete(snapshot);
                } else {
                  following.completeExceptionally(failure);
                }
              });
    }
  }
}
