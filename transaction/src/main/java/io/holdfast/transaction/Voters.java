package io.holdfast.transaction;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The participants that decide on a transaction together, as its name has them: {@code
 * accounts+ledger} if it is committed as soon as all have prepared, {@code accounts~ledger} if they
 * go through three phases.
 *
 * @param place one of these two
 * @param participants of the branches, in their order
 */
record Voters(DecisionPlace place, List<String> participants) {

  private static final String ALL = "+";
  private static final String PHASES = "~";

  /** So that the name of a branch is not too long for any store. */
  private static final int LONGEST = 63;

  /** Empty if somebody else decides. */
  static Optional<Voters> of(TransactionId id) {
    String text = id.decider().orElse("");
    if (text.contains(ALL)) {
      return Optional.of(new Voters(DecisionPlace.ALL_BRANCHES, split(text, "\\+")));
    }
    return text.contains(PHASES)
        ? Optional.of(new Voters(DecisionPlace.THREE_PHASES, split(text, PHASES)))
        : Optional.empty();
  }

  private static List<String> split(String text, String mark) {
    return Arrays.asList(text.split(mark, -1));
  }

  /** If they decide together. */
  static boolean decide(DecisionPlace place) {
    return place == DecisionPlace.ALL_BRANCHES || place == DecisionPlace.THREE_PHASES;
  }

  /**
   * Of a transaction.
   *
   * @throws IllegalStateException if a participant cannot, or their names are too long together
   */
  static Voters of(DecisionPlace place, List<Branch> branches) {
    for (Branch branch : branches) {
      Participant participant = branch.participant();
      boolean can =
          place == DecisionPlace.ALL_BRANCHES
              ? participant instanceof BarringParticipant
              : participant instanceof PhasedParticipant;
      if (!can) {
        throw new IllegalStateException(participant.name() + " cannot take part in " + place);
      }
    }
    Voters voters =
        new Voters(place, branches.stream().map(branch -> branch.participant().name()).toList());
    if (voters.toString().length() > LONGEST) {
      throw new IllegalStateException(
          "with "
              + place
              + " the names of all participants are part of every branch's name: "
              + voters
              + " is longer than "
              + LONGEST
              + " characters");
    }
    return voters;
  }

  /** As it is in the name of the transaction. */
  @Override
  public String toString() {
    return participants.stream()
        .collect(Collectors.joining(place == DecisionPlace.ALL_BRANCHES ? ALL : PHASES));
  }
}
