package io.holdfast.chaos.workload;

import io.holdfast.coordination.Revision;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.Place.Member;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Mistakes that lock services have been seen to make, or might. */
enum SeededBug {
  /** None: what the others are compared with. */
  NONE,

  /** None, in the workloads that are not about locks. */
  NONE_APART_FROM_LOCKS {
    @Override
    Set<Workload> workloads() {
      return EnumSet.complementOf(EnumSet.copyOf(Workload.locks()));
    }
  },

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
  },
  ELECTION_WON_WITHOUT_THE_LOCK(Workload.ELECTION) {
    @Override
    Place place(Place place, int index) {
      return place.withAhead(List.of());
    }
  },
  TERM_THAT_STARTS_AGAIN(Workload.ELECTION) {
    @Override
    Place place(Place place, int index) {
      return withToken(place, 1 + place.created().value() % 16);
    }
  },
  OBSERVER_HEARS_NO_MORE(Workload.ELECTION) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.DeafObserver();
    }
  },
  OBSERVER_IS_TOLD_OLD_NEWS(Workload.ELECTION) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.LateObserver();
    }
  },
  A_WAITER_LOSES_ITS_PLACE_IN_LINE(Workload.FAIRNESS) {
    @Override
    boolean goesToTheEnd(Place place) {
      return place.ahead().size() > 1;
    }
  },
  HAND_OVER_WITHOUT_A_BOUND(Workload.FAIRNESS) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.Selfish();
    }
  },
  A_CALL_IS_OVERTAKEN_ON_ITS_WAY_INTO_THE_LINE(Workload.FAIRNESS) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.Hesitant();
    }
  },
  EMPTY_VIEW_ON_ERROR(Workload.REGISTRY) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.EmptyOnError();
    }
  },
  VIEW_THAT_GOES_BACK(Workload.REGISTRY) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.Backwards();
    }
  },
  VIEW_THAT_STOPS_LOOKING(Workload.REGISTRY) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.Frozen();
    }
  },
  WHO_IS_GONE_IS_KEPT(Workload.REGISTRY) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.KeepsTheGone();
    }
  },
  WHO_COMES_IS_OVERLOOKED(Workload.REGISTRY) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.OverlooksOne();
    }
  },
  DEREGISTRATION_FORGETS(Workload.REGISTRY) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.StaysRegistered();
    }
  },
  DRAIN_THAT_DOES_NOT_WAIT(Workload.BALANCER) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.ImpatientDrain();
    }
  },
  THE_DRAINING_ARE_CHOSEN(Workload.BALANCER) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.ChoosesAnyStatus();
    }
  },
  CHOICE_FROM_AN_OLD_VIEW(Workload.BALANCER) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.ChoosesFromTheFirstView();
    }
  },
  ONE_IS_NEVER_CHOSEN(Workload.BALANCER) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.NeverChoosesOne();
    }
  },
  EJECTION_IGNORED(Workload.BALANCER) {
    @Override
    ClientBehaviour behaviour() {
      return new FaultyBehaviour.NeverEjects();
    }
  };

  private final Workload shownBy;

  SeededBug() {
    this(Workload.LOCK);
  }

  SeededBug(Workload shownBy) {
    this.shownBy = shownBy;
  }

  /** What shows it. */
  Set<Workload> workloads() {
    return switch (shownBy) {
      case ELECTION, FAIRNESS, REGISTRY -> EnumSet.of(shownBy);
      case BALANCER -> EnumSet.of(Workload.REGISTRY, Workload.BALANCER);
      case LOCK, READ_WRITE, SEMAPHORE, MULTI_LOCK -> Workload.locks();
    };
  }

  /** How clients go about their work. */
  ClientBehaviour behaviour() {
    return new ClientBehaviour();
  }

  /** Whether whoever has this place has to leave it and queue again. */
  boolean goesToTheEnd(Place place) {
    return false;
  }

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
        place.claim(), place.key(), new Revision(revision), place.ahead(), place.countAhead());
  }

  private static Place without(Place place, Predicate<Member> overlooked) {
    return place.withAhead(place.ahead().stream().filter(overlooked.negate()).toList());
  }
}
