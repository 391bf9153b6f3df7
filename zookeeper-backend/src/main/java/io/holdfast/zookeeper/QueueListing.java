package io.holdfast.zookeeper;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who stands in a queue, as one listing of it has shown, the front first. Many places of a session
 * can be found in one.
 *
 * @param members all of them
 * @param index where the node of each name is among {@code members}
 */
record QueueListing(List<Place.Member> members, Map<String, Integer> index) {

  static QueueListing of(Key queue, List<String> names) {
    List<QueueNode> nodes =
        names.stream()
            .filter(Key::isSegment)
            .map(QueueNode::parse)
            .flatMap(Optional::stream)
            .sorted(QueueNode.FIRST_COME)
            .toList();
    Map<String, Integer> index = new HashMap<>();
    nodes.forEach(node -> index.put(node.name(), index.size()));
    return new QueueListing(
        nodes.stream()
            .map(node -> new Place.Member(queue.child(node.name()), node.mode()))
            .toList(),
        index);
  }

  /** The place with those ahead of it; empty if it is not there. */
  Optional<Place> find(Place place) {
    return Optional.ofNullable(index.get(place.key().name()))
        .map(at -> place.seeing(members.subList(0, at)));
  }
}
