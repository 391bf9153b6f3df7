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
 * @param owner the owner that the leader wrote into its place; empty if it wrote none
 * @param proclaimed the leader's latest {@link Leadership#proclaim}
 */
public record Leader(FencingToken term, Optional<Owner> owner, Optional<String> proclaimed) {

  static final String PROCLAIMED = "proclaimed";

  /** The candidate that leads. */
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
