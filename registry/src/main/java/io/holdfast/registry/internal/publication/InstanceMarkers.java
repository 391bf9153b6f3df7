package io.holdfast.registry.internal.publication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.format.HoldfastFormat;
import io.holdfast.registry.internal.format.InstanceJson;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import java.time.Instant;

/**
 * What is said about an instance beside its own entry: permanent keys in the same directory, so
 * that one watch brings everything at one revision. No id holds a {@code ~}, so their names never
 * meet an instance's.
 */
public final class InstanceMarkers {

  /** An operator's word: {@code <id>~override}, see {@link StatusOverride}. */
  public static final String OVERRIDE = "~override";

  /**
   * A goodbye: {@code <id>~left}. Written in the transaction that withdraws an instance or takes it
   * out of rotation, so that views can tell this from a crash. Old ones are swept up: see {@link
   * GoodbyeSweeper}.
   */
  public static final String LEFT = "~left";

  /**
   * What was swept up: {@code ~swept}, one for all instances. A view that has heard nothing since
   * may have missed goodbyes.
   */
  private static final String SWEPT = "~swept";

  private InstanceMarkers() {}

  /**
   * A goodbye.
   *
   * @param epoch the registration that has ended, or is about to
   * @param at when, by the leaver's clock
   */
  public record Goodbye(Revision epoch, Instant at) {}

  /** In a foreign directory there is nothing but instances, and their ids may hold anything. */
  public static boolean areIn(RegistryFormat format) {
    return format == HoldfastFormat.INSTANCE;
  }

  static Key override(Key instance) {
    return beside(instance, OVERRIDE);
  }

  static Key left(Key instance) {
    return beside(instance, LEFT);
  }

  private static Key beside(Key instance, String mark) {
    return instance.parent().child(instance.name() + mark);
  }

  static Key swept(Key directory) {
    return directory.child(SWEPT);
  }

  public static boolean isSwept(Key key) {
    return key.name().equals(SWEPT);
  }

  public static boolean isMark(Key key) {
    return key.name().indexOf('~') >= 0;
  }

  public static boolean isOverride(Key key) {
    return key.name().endsWith(OVERRIDE);
  }

  public static boolean isGoodbye(Key key) {
    return key.name().endsWith(LEFT);
  }

  /** The id of the instance that a mark speaks of. */
  public static String idOf(Key mark) {
    return mark.name().substring(0, mark.name().indexOf('~'));
  }

  public static Payload encode(StatusOverride override) {
    ObjectNode tree = InstanceJson.newTree();
    InstanceJson.write(override, tree);
    return Payload.of(InstanceJson.bytes(tree));
  }

  public static StatusOverride decodeOverride(Payload payload) throws MalformedException {
    return InstanceJson.readOverride(InstanceJson.tree(payload.bytes()));
  }

  /** The latest change that was swept up. */
  static Payload encodeSwept(Revision latest) {
    ObjectNode tree = InstanceJson.newTree();
    tree.put("latest", latest.value());
    return Payload.of(InstanceJson.bytes(tree));
  }

  public static Revision decodeSwept(Payload payload) throws MalformedException {
    return revision(InstanceJson.tree(payload.bytes()), "latest");
  }

  private static Revision revision(JsonNode tree, String field) throws MalformedException {
    JsonNode value = tree.path(field);
    if (!value.isIntegralNumber() || value.longValue() < 0) {
      throw new MalformedException("no revision in the field '" + field + "'");
    }
    return new Revision(value.longValue());
  }

  public static Payload encode(Goodbye goodbye) {
    ObjectNode tree = InstanceJson.newTree();
    tree.put("epoch", goodbye.epoch().value());
    tree.put("at", goodbye.at().toEpochMilli());
    return Payload.of(InstanceJson.bytes(tree));
  }

  public static Goodbye decodeGoodbye(Payload payload) throws MalformedException {
    JsonNode tree = InstanceJson.tree(payload.bytes());
    return new Goodbye(revision(tree, "epoch"), Instant.ofEpochMilli(tree.path("at").asLong()));
  }
}
