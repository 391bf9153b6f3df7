package io.holdfast.cli.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.lock.FencingToken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SlicePlanTest {

  private static final Slice.Kind HTTP = new Slice.Kind("IPv4", Map.of("http", 8080));
  private static final Slice.Kind GRPC = new Slice.Kind("IPv4", Map.of("grpc", 9090));
  private static final Stamp STAMP =
      new Stamp("payment", "uid-1", true, "holdfast", FencingToken.NONE);

  private final Map<String, Slice> there = new LinkedHashMap<>();
  private int names;

  private static Endpoint endpoint(int number) {
    return new Endpoint(
        "10.0." + number / 250 + "." + (1 + number % 250),
        Optional.empty(),
        Optional.empty(),
        Endpoint.Conditions.READY);
  }

  private static List<Endpoint> endpoints(int from, int to) {
    return IntStream.range(from, to).mapToObj(SlicePlanTest::endpoint).toList();
  }

  private SlicePlan bring(Map<Slice.Kind, List<Endpoint>> wanted) {
    SlicePlan plan = SlicePlan.of(List.copyOf(there.values()), wanted, STAMP);
    for (Slice slice : plan.creates()) {
      ObjectNode stored = slice.object().deepCopy();
      stored.withObject("metadata").put("name", "payment-" + ++names);
      there.put("payment-" + names, new Slice(stored));
    }
    plan.updates().forEach(slice -> there.put(slice.name(), slice));
    plan.deletes().forEach(slice -> there.remove(slice.name()));
    return plan;
  }

  private static int writes(SlicePlan plan) {
    return plan.creates().size() + plan.updates().size() + plan.deletes().size();
  }

  @Test
  void plan_changeOfOneAmongMany_writesOneSlice() {
    assertThat(bring(Map.of(HTTP, endpoints(0, 250))).creates()).hasSize(3);
    assertThat(writes(bring(Map.of(HTTP, endpoints(0, 250))))).isZero();

    List<Endpoint> without = new ArrayList<>(endpoints(0, 250));
    without.remove(120);
    assertThat(bring(Map.of(HTTP, without)).updates()).hasSize(1);
    // One more goes, one comes: the same slice has room for it.
    without.remove(110);
    without.add(endpoint(300));
    assertThat(bring(Map.of(HTTP, without)).updates()).hasSize(1);
    // The 62 that come fit where most room is.
    without.addAll(endpoints(400, 450));
    SlicePlan more = bring(Map.of(HTTP, without));
    assertThat(more.updates()).hasSize(1);
    assertThat(more.creates()).isEmpty();
  }

  @Test
  void plan_portsChange_createsBeforeItTakesAway() {
    bring(Map.of(HTTP, endpoints(0, 3)));

    SlicePlan plan = bring(Map.of(GRPC, endpoints(0, 3)));

    assertThat(plan.creates()).hasSize(1);
    assertThat(plan.deletes()).hasSize(1);
    assertThat(plan.creates().get(0).kind()).isEqualTo(GRPC);
  }

  @Test
  void plan_nobodyLeft_keepsOneSliceWithoutEndpoints() {
    bring(Map.of(HTTP, endpoints(0, 150)));

    SlicePlan plan = bring(Map.of());

    assertThat(plan.updates()).hasSize(1);
    assertThat(plan.deletes()).hasSize(1);
    assertThat(there.values()).singleElement().satisfies(s -> assertThat(s.addresses()).isEmpty());
    assertThat(writes(bring(Map.of()))).isZero();
    assertThat(bring(Map.of(HTTP, endpoints(0, 1))).updates()).hasSize(1);
  }

  @Test
  void plan_nextLeader_writesEachSliceOnce() {
    bring(Map.of(HTTP, endpoints(0, 150)));
    Stamp next = new Stamp("payment", "uid-1", true, "holdfast", FencingToken.NONE.handedOver(1));

    SlicePlan plan =
        SlicePlan.of(List.copyOf(there.values()), Map.of(HTTP, endpoints(0, 150)), next);

    assertThat(plan.updates()).hasSize(2);
    assertThat(writes(plan)).isEqualTo(2);
  }

  @Test
  void plan_whateverHappens_hasEachEndpointOnceAndNoSliceTooLong() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      Map<Slice.Kind, List<Endpoint>> wanted = new LinkedHashMap<>();
      Set<String> all = new HashSet<>();
      for (Slice.Kind kind : List.of(HTTP, GRPC)) {
        int from = random.nextInt(300);
        List<Endpoint> some = endpoints(from, from + random.nextInt(400));
        wanted.put(kind, some);
        some.forEach(each -> all.add(kind + each.address()));
      }
      bring(wanted);
      List<String> shown = new ArrayList<>();
      for (Slice slice : there.values()) {
        assertThat(slice.addresses()).hasSizeLessThanOrEqualTo(SlicePlan.MOST_ENDPOINTS);
        slice.addresses().forEach(address -> shown.add(slice.kind() + address));
      }
      assertThat(shown).containsExactlyInAnyOrderElementsOf(all);
    }
  }
}
