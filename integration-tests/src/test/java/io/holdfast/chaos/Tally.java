package io.holdfast.chaos;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.Leg;
import io.holdfast.testkit.chaos.Spread;
import io.holdfast.testkit.fault.Injury;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What many legs came to, in one table. */
final class Tally {

  private long operations;
  private long injuries;
  private long bitten;
  private long fenced;
  private final Map<String, List<Double>> worst = new TreeMap<>();
  private final List<String> legs = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  void add(Leg leg, ChaosResult result) {
    operations += result.check().operations();
    injuries += result.injuries().size();
    bitten += result.injuries().stream().filter(Injury::bitten).count();
    fenced += result.check().fenced();
    result
        .recovered()
        .forEach(
            (fault, took) ->
                worst.computeIfAbsent(fault, absent -> new ArrayList<>()).add(took.max()));
    legs.add(
        "%-28s %s, %d operations, %d faults"
            .formatted(
                leg.name(),
                result.check().result(),
                result.check().operations(),
                result.injuries().size()));
    result
        .skipped()
        .forEach(
            (fault, why) -> skipped.add("SKIPPED %s %s: %s".formatted(leg.name(), fault, why)));
  }

  long operations() {
    return operations;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    legs.forEach(leg -> text.append(leg).append('\n'));
    worst.forEach(
        (fault, took) -> {
          Spread spread = Spread.of(took);
          text.append(
              "worst recovery from %-28s p50 %4.2f, max %4.2f session time-outs (%d legs)%n"
                  .formatted(fault, spread.p50(), spread.max(), spread.count()));
        });
    skipped.forEach(line -> text.append(line).append('\n'));
    text.append(
        "%d operations checked; %d faults injected, %d bit; %d refused by a fence%n"
            .formatted(operations, injuries, bitten, fenced));
    return text.toString();
  }
}
