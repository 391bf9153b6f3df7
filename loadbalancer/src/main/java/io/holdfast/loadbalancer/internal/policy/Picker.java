package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way to choose, made for one set of endpoints. Immutable but for positions; many threads call
 * it, and it neither blocks nor allocates.
 */
public interface Picker {

  /**
   * Chooses.
   *
   * @param affinity what the request belongs to, if that was said
   * @param exclude ids that must not be chosen
   * @return null if there is none to choose
   */
  @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude);

  /** Says of each endpoint that it may choose how it stands. Need not be fast. */
  void describe(@Nullable Affinity affinity, PickerScores scores);
}
