package io.holdfast.payment.shard;

import io.holdfast.payment.ledger.Fence;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The gates of all shards at this node: closed until it owns them. Thread-safe. */
public final class ShardGates {

  private final List<ShardGate> gates;

  /** All closed. */
  public ShardGates(int shards) {
    this.gates = IntStream.range(0, shards).mapToObj(shard -> new ShardGate()).toList();
  }

  /** Empty if this node does not own the shard. */
  public Optional<ShardPass> enter(int shard) {
    return gates.get(shard).enter();
  }

  /** The shards owned right now, in order. */
  public List<Fence> owned() {
    return gates.stream().flatMap(gate -> gate.fence().stream()).toList();
  }

  /** Which shards those are. */
  public Set<Integer> shards() {
    return owned().stream().map(Fence::shard).collect(Collectors.toSet());
  }

  /** How many shards there are at all. */
  public int total() {
    return gates.size();
  }

  /**
   * Opens a gate: for owners, and for tests that want a node without a cluster.
   *
   * @param held asked at every entry
   */
  public void open(Fence fence, BooleanSupplier held) {
    gates.get(fence.shard()).open(fence, held);
  }

  ShardGate gate(int shard) {
    return gates.get(shard);
  }
}
