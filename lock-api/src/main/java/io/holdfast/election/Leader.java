package io.holdfast.election;

import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.FencingToken;
import java.util.List;
import java.util.Optional;

/**
 * Who leads, as others see it.
 *
 * @param term greater than that of every leader before
 * @param owner who they say they are; empty if they do not
 * @param proclaimed what they said last with {@link Leadership#proclaim}
 */
public record Leader(FencingToken term, Optional<Owner> owner, Optional<String> proclaimed) {

  static final String PROCLAIMED = "proclaimed";

  /** The candidate that holds the office. */
  static Optional<Leader> first(List<QueueMember> candidates) {
    return candidates.stream()
        .filter(candidate -> candidate.role() == QueueMember.Role.HOLDER)
        .findFirst()
        .map(
            candidate ->
                new Leader(
                    candidate.token(),
                    candidate.owner(),
                    candidate.owner().map(owner -> owner.attributes().get(PROCLAIMED))));
  }
}
