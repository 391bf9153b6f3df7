package io.holdfast.chaos;

import io.holdfast.testkit.chaos.ChaosResult;
import io.holdfast.testkit.chaos.Leg;
import io.holdfast.testkit.chaos.Spread;
import io.holdfast.testkit.fault.Injury;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What many legs came to, in one table. */
final class Tally {

  private static final String OF_A_CLIENT = "client-";

  private long operations;
  private long injuries;
  private long bitten;
  private long fenced;
  private final Map<String, List<Double>> recoveries = new TreeMap<>();
  private final List<String> legs = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  void add(Leg leg, ChaosResult result) {
    operations += result.check().operations();
    injuries += result.injuries().size();
    bitten += result.injuries().stream().filter(Injury::bitten).count();
    fenced += result.check().fenced();
    result
        .recoveries()
        .forEach(
            (fault, took) ->
                recoveries.computeIfAbsent(fault, absent -> new ArrayList<>()).addAll(took));
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

  /** In session time-outs, from faults after which no leader had to be found. */
  List<Double> clientsRecovered() {
    return recovered(fault -> fault.startsWith(OF_A_CLIENT));
  }

  /** The same, from all others. */
  List<Double> serversRecovered() {
    return recovered(fault -> !fault.startsWith(OF_A_CLIENT));
  }

  private List<Double> recovered(Predicate<String> which) {
    return recoveries.entrySet().stream()
        .filter(each -> which.test(each.getKey()))
        .flatMap(each -> each.getValue().stream())
        .toList();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    legs.forEach(leg -> text.append(leg).append('\n'));
    recoveries.forEach((fault, took) -> text.append(line(fault, took)));
    text.append(line("all faults of clients", clientsRecovered()));
    text.append(line("all faults of servers", serversRecovered()));
    skipped.forEach(line -> text.append(line).append('\n'));
    text.append(
        "%d operations checked; %d faults injected, %d bit; %d refused by a fence%n"
            .formatted(operations, injuries, bitten, fenced));
    return text.toString();
  }

  private static String line(String fault, List<Double> took) {
    if (took.isEmpty()) {
      return "";
    }
    Spread spread = Spread.of(took);
    return "recovery from %-28s p50 %4.2f, p99 %4.2f, max %4.2f session time-outs (%d)%n"
        .formatted(fault, spread.p50(), spread.p99(), spread.max(), spread.count());
  }
}
