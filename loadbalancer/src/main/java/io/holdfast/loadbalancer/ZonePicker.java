package io.holdfast.loadbalancer;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The caller's own zone for its share of the requests, the others for the rest. */
final class ZonePicker implements Picker {

  private static final int WHOLE = 1 << 30;

  private final Picker local;
  private final Picker others;
  private final int stay;
  private final Dice dice;

  private ZonePicker(Picker local, Picker others, int stay, Dice dice) {
    this.local = local;
    this.others = others;
    this.stay = stay;
    this.dice = dice;
  }

  static ZonePicker over(List<Endpoint> endpoints, ZoneAware rules, Scheme inner, Dice dice) {
    return new ZonePicker(
        inner.picker(endpoints.stream().filter(rules::isLocal).toList()),
        inner.picker(endpoints.stream().filter(endpoint -> !rules.isLocal(endpoint)).toList()),
        (int) (rules.localShare(endpoints) * WHOLE),
        dice);
  }

  @Override
  public @Nullable Endpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    boolean stays = stays(affinity);
    Endpoint chosen = (stays ? local : others).pick(affinity, exclude);
    return chosen != null ? chosen : (stays ? others : local).pick(affinity, exclude);
  }

  /** Requests of one affinity stay together or go together. */
  private boolean stays(@Nullable Affinity affinity) {
    if (stay == WHOLE) {
      return true;
    }
    long bits = affinity == null ? dice.bits() : XxHash64.mix(affinity.hash());
    return Dice.high(bits, WHOLE) < stay;
  }

  @Override
  public void describe(@Nullable Affinity affinity, Notes notes) {
    double kept = 100.0 * stay / WHOLE;
    describe(local, affinity, String.format(Locale.ROOT, "own zone, %.0f %%", kept), notes);
    describe(
        others, affinity, String.format(Locale.ROOT, "other zone, %.0f %%", 100 - kept), notes);
  }

  private static void describe(
      Picker picker, @Nullable Affinity affinity, String prefix, Notes notes) {
    Notes inner = new Notes();
    picker.describe(affinity, inner);
    notes.addAll(inner, prefix);
  }
}
