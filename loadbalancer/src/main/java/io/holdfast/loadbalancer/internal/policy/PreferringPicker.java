package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Any picker over those that are preferred; over all if there is none of those to choose.
 *
 * @param preferred over some of the endpoints, perhaps none
 * @param all over all of them
 */
public record PreferringPicker(Picker preferred, Picker all) implements Picker {

  @Override
  public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    TrackedEndpoint chosen = preferred.pick(affinity, exclude);
    return chosen != null ? chosen : all.pick(affinity, exclude);
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    all.describe(affinity, scores);
  }
}
