package io.holdfast.testkit.chaos;

import io.holdfast.coordination.Claim;
import io.holdfast.coordination.Place;
import io.holdfast.coordination.Place.Member;
import io.holdfast.coordination.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Mistakes that lock services have been seen to make, or might. */
enum SeededBug {
  /** None: what the others are compared with. */
  NONE,

  TOKEN_FROM_A_SEQUENCE_THAT_STARTS_AGAIN {
    @Override
    Place place(Place place, int index) {
      return withToken(place, 1 + place.created().value() % 16);
    }
  },
  TOKEN_OF_THE_LOCK_INSTEAD_OF_THE_HOLD {
    @Override
    Place place(Place place, int index) {
      return withToken(place, 1);
    }
  },
  TOKEN_THAT_FALLS {
    @Override
    Place place(Place place, int index) {
      return withToken(place, 1_000_000_000 - place.created().value());
    }
  },
  EVERYBODY_IS_FIRST {
    @Override
    Place place(Place place, int index) {
      return place.withAhead(List.of());
    }
  },
  NEAREST_AHEAD_OVERLOOKED {
    @Override
    Place place(Place place, int index) {
      List<Member> ahead = place.ahead();
      return place.withAhead(ahead.subList(0, Math.max(0, ahead.size() - 1)));
    }
  },
  FRONT_OVERLOOKED {
    @Override
    Place place(Place place, int index) {
      List<Member> ahead = place.ahead();
      return place.withAhead(ahead.subList(Math.min(1, ahead.size()), ahead.size()));
    }
  },
  NO_SECOND_LOOK_AFTER_WAITING {
    @Override
    Place seenAgain(Place place, int index) {
      return place.withAhead(List.of());
    }
  },
  SECOND_LOCK_NOT_WAITED_FOR {
    @Override
    Place place(Place place, int index) {
      return index == 0 ? place : place.withAhead(List.of());
    }
  },
  READERS_OVERLOOKED {
    @Override
    Place place(Place place, int index) {
      return without(place, member -> member.mode().equals("read"));
    }
  },
  WRITERS_OVERLOOKED {
    @Override
    Place place(Place place, int index) {
      return without(place, member -> member.mode().equals("write"));
    }
  },
  WRITERS_QUEUE_AS_READERS {
    @Override
    Claim claim(Claim claim) {
      return claim.mode().equals("write") ? new Claim(claim.queue(), "read") : claim;
    }
  },
  PERMITS_NOT_COUNTED {
    @Override
    Place place(Place place, int index) {
      return without(place, member -> member.mode().startsWith("permits"));
    }
  },
  EVERY_CLAIM_IS_ONE_PERMIT {
    @Override
    Claim claim(Claim claim) {
      return claim.mode().startsWith("permits") ? new Claim(claim.queue(), "permits1of3") : claim;
    }
  },
  ONE_PERMIT_TOO_MANY {
    @Override
    Claim claim(Claim claim) {
      return claim.mode().startsWith("permits")
          ? new Claim(claim.queue(), claim.mode().replace("of3", "of4"))
          : claim;
    }
  },
  LIFE_WITHOUT_END {
    @Override
    Optional<Duration> life(Duration remaining, Duration timeout) {
      return Optional.of(timeout);
    }
  },
  DEADLINE_COUNTED_TOO_LATE {
    @Override
    Optional<Duration> life(Duration remaining, Duration timeout) {
      Duration longer = remaining.plus(timeout);
      return remaining.isZero() ? Optional.of(timeout.dividedBy(2)) : Optional.of(longer);
    }
  },
  RELEASE_FORGETS {
    @Override
    List<Place> left(List<Place> places) {
      return List.of();
    }
  },
  RELEASE_OF_SEVERAL_FORGETS_THE_LAST {
    @Override
    List<Place> left(List<Place> places) {
      return places.size() > 1 ? places.subList(0, 1) : places;
    }
  },
  FENCE_ABSENT {
    @Override
    GuardedValues guarded() {
      return new GuardedValues() {
        @Override
        boolean admits(String fence, String token) {
          return true;
        }
      };
    }
  },
  FENCE_NOT_SEALED {
    @Override
    GuardedValues guarded() {
      return new GuardedValues() {
        @Override
        String sealedBy(String fence, String token) {
          return fence;
        }
      };
    }
  },
  FENCE_REFUSES_EQUAL_TOKENS {
    @Override
    GuardedValues guarded() {
      return new GuardedValues() {
        @Override
        boolean admits(String fence, String token) {
          return fence.compareTo(token) < 0;
        }
      };
    }
  },
  FENCE_THE_WRONG_WAY_ROUND {
    @Override
    GuardedValues guarded() {
      return new GuardedValues() {
        @Override
        boolean admits(String fence, String token) {
          return fence.isEmpty() || fence.compareTo(token) >= 0;
        }
      };
    }
  };

  /** A place at the join, or whenever it is looked at again; {@code index} is its lock's. */
  Place place(Place place, int index) {
    return place;
  }

  /** A place that is looked at again. */
  Place seenAgain(Place place, int index) {
    return place(place, index);
  }

  Claim claim(Claim claim) {
    return claim;
  }

  List<Place> left(List<Place> places) {
    return places;
  }

  /** What a session says that it has left; empty for the truth, about its state too. */
  Optional<Duration> life(Duration remaining, Duration timeout) {
    return Optional.empty();
  }

  GuardedValues guarded() {
    return new GuardedValues();
  }

  List<Place> places(List<Place> places) {
    return IntStream.range(0, places.size()).mapToObj(i -> place(places.get(i), i)).toList();
  }

  private static Place withToken(Place place, long revision) {
    return new Place(
        place.queue(), place.key(), place.mode(), new Revision(revision), place.ahead());
  }

  private static Place without(Place place, Predicate<Member> overlooked) {
    return place.withAhead(place.ahead().stream().filter(overlooked.negate()).toList());
  }
}
