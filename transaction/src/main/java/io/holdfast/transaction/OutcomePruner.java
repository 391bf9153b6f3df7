package io.holdfast.transaction;

import io.holdfast.coordination.Generation;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Has a participant forget how branches have ended that nobody will ask for.
 *
 * <p>What keeps a repeated call out may go when there is no decision any more by which it could be
 * done: below the {@link LowWaterMark} of an open epoch, and all of an epoch that is forgotten. A
 * try that comes even later is as good as new; nothing has decided on it, and so it is cancelled.
 *
 * <p>Of earlier generations a restored cluster knows nothing: what is remembered of them is kept.
 */
final class OutcomePruner {

  private final RememberingParticipant participant;
  private final Generation generation;

  OutcomePruner(RememberingParticipant participant, Generation generation) {
    this.participant = participant;
    this.generation = generation;
  }

  /** The epochs are read after the participant: one goes from open to closed in one step. */
  CompletableFuture<Void> forget(Session session, String domain) {
    return ForeignCalls.of(() -> participant.remembered(domain))
        .thenCompose(
            there ->
                session
                    .names(Epoch.OPEN, Consistency.LINEARIZABLE)
                    .thenCompose(
                        open ->
                            session
                                .names(Epoch.CLOSED, Consistency.LINEARIZABLE)
                                .thenCompose(
                                    closed ->
                                        forget(
                                            session,
                                            domain,
                                            there,
                                            Set.copyOf(open),
                                            Set.copyOf(closed)))));
  }

  private CompletableFuture<Void> forget(
      Session session, String domain, List<String> there, Set<String> open, Set<String> closed) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (String name : new TreeSet<>(there)) {
      Optional<Epoch> epoch = Epoch.parse(name);
      if (epoch.isEmpty()
          || closed.contains(name)
          || epoch.get().generation() != generation.number()) {
        continue;
      }
      all.add(
          open.contains(name)
              ? Decisions.lowWaterMark(session, epoch.get())
                  .thenCompose(low -> forget(domain, name, low))
              : forget(domain, name, new LowWaterMark(Long.MAX_VALUE, Set.of())));
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> forget(String domain, String epoch, LowWaterMark low) {
    return low.last() == 0
        ? CompletableFuture.completedFuture(null)
        : ForeignCalls.of(() -> participant.forgetEnded(domain, epoch, low.last(), low.active()));
  }
}
