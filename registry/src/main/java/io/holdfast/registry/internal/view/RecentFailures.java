package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.CallResult;
import io.holdfast.registry.RegisteredInstance;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which instances this process could not reach lately. Bounded by the instances that are shown: of
 * others nothing is noted, and those that go are forgotten.
 */
final class RecentFailures {

  /** A failure of one registration of an instance. */
  private record Failure(Revision epoch, long nanos) {}

  private final Map<String, Failure> failures = new ConcurrentHashMap<>();
  private final long memory;

  /** Remembers failures for {@code memory} nanoseconds. */
  RecentFailures(long memory) {
    this.memory = memory;
  }

  /** Any thread may call. */
  void note(RegisteredInstance shown, CallResult evidence, long now) {
    switch (evidence) {
      case FAILED -> failures.put(shown.id(), new Failure(shown.epoch(), now));
      case ANSWERED -> failures.remove(shown.id());
    }
  }

  boolean speaksAgainst(RegisteredInstance instance, long now) {
    Failure failure = failures.get(instance.id());
    return failure != null
        && failure.epoch().equals(instance.epoch())
        && now - failure.nanos() <= memory;
  }

  /** Forgets all but those. */
  void keepOnly(Collection<RegisteredInstance> shown) {
    if (!failures.isEmpty()) {
      Set<String> ids = new HashSet<>();
      shown.forEach(one -> ids.add(one.id()));
      failures.keySet().retainAll(ids);
    }
  }
}
