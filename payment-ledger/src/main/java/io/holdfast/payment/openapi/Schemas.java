package io.holdfast.payment.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Money;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * JSON Schemas of what {@code Json} reads and writes, collected as components. What is optional may
 * be missing or null; a text component that is named {@code currency} is a currency's code.
 */
final class Schemas {

  private static final String CURRENCY = "Currency";
  private static final Map<Class<?>, String[]> PLAIN = new HashMap<>();

  static {
    PLAIN.put(String.class, new String[] {"string"});
    PLAIN.put(boolean.class, new String[] {"boolean"});
    PLAIN.put(Boolean.class, new String[] {"boolean"});
    PLAIN.put(int.class, new String[] {"integer", "int32"});
    PLAIN.put(Integer.class, new String[] {"integer", "int32"});
    PLAIN.put(long.class, new String[] {"integer", "int64"});
    PLAIN.put(Long.class, new String[] {"integer", "int64"});
    PLAIN.put(OptionalInt.class, new String[] {"integer", "int32"});
    PLAIN.put(OptionalLong.class, new String[] {"integer", "int64"});
    PLAIN.put(BigDecimal.class, new String[] {"number"});
    PLAIN.put(Instant.class, new String[] {"string", "date-time"});
    PLAIN.put(LocalDate.class, new String[] {"string", "date"});
    PLAIN.put(Duration.class, new String[] {"string", "duration"});
    PLAIN.put(URI.class, new String[] {"string", "uri"});
    PLAIN.put(byte[].class, new String[] {"string", "byte"});
  }

  private final Map<String, ObjectNode> components = new TreeMap<>();
  private final Map<String, Class<?>> owners = new HashMap<>();

  /** All that were asked for so far, by name. */
  ObjectNode components() {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.setAll(components);
    return all;
  }

  /**
   * A type, where it is used.
   *
   * @throws IllegalArgumentException if it is none that this class knows
   */
  ObjectNode of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return ofGeneric((Class<?>) generic.getRawType(), generic.getActualTypeArguments());
    }
    if (!(type instanceof Class<?> known)) {
      throw new IllegalArgumentException("no schema for " + type);
    }
    if (PLAIN.containsKey(known)) {
      return plain(PLAIN.get(known));
    }
    if (known == ObjectNode.class) {
      return plain("object");
    }
    if (JsonNode.class.isAssignableFrom(known)) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (known == AccountId.class) {
      return text(known, AccountId.FORM);
    }
    if (known == DocumentId.class) {
      return text(known, DocumentId.FORM);
    }
    if (known == IdempotencyKey.class) {
      return text(known, IdempotencyKey.FORM);
    }
    if (known == Money.class) {
      return money();
    }
    if (known.isEnum()) {
      return choice(known);
    }
    if (known.isRecord()) {
      return record(known);
    }
    throw new IllegalArgumentException("no schema for " + known);
  }

  /** A record without some of its components, which are given elsewhere; nothing else is in it. */
  ObjectNode body(Class<?> type, Set<String> without) {
    String name = name(type);
    if (claim(name, type)) {
      components.put(name, object(type, without).put("additionalProperties", false));
    }
    return reference(name);
  }

  private ObjectNode ofGeneric(Class<?> raw, Type[] arguments) {
    if (raw == Optional.class) {
      return orNull(of(arguments[0]));
    }
    if (Collection.class.isAssignableFrom(raw)) {
      ObjectNode array = plain("array");
      array.set("items", of(arguments[0]));
      return array;
    }
    if (Map.class.isAssignableFrom(raw)) {
      ObjectNode map = plain("object");
      map.set("additionalProperties", of(arguments[1]));
      return map;
    }
    throw new IllegalArgumentException("no schema for " + raw);
  }

  private ObjectNode record(Class<?> type) {
    String name = name(type);
    if (claim(name, type)) {
      components.put(name, JsonNodeFactory.instance.objectNode()); // it may have itself inside
      components.put(name, object(type, Set.of()));
    }
    return reference(name);
  }

  private ObjectNode object(Class<?> type, Set<String> without) {
    ObjectNode schema = plain("object");
    ObjectNode properties = JsonNodeFactory.instance.objectNode();
    ArrayNode required = JsonNodeFactory.instance.arrayNode();
    for (RecordComponent each : type.getRecordComponents()) {
      if (without.contains(each.getName())) {
        continue;
      }
      properties.set(each.getName(), ofComponent(each));
      if (!isOptional(each.getType())) {
        required.add(each.getName());
      }
    }
    schema.set("properties", properties);
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }

  private ObjectNode ofComponent(RecordComponent component) {
    Class<?> type = component.getType();
    if (type == String.class && component.getName().equals("currency")) {
      return currency();
    }
    ObjectNode schema = of(component.getGenericType());
    return type == OptionalInt.class || type == OptionalLong.class ? orNull(schema) : schema;
  }

  static boolean isOptional(Class<?> type) {
    return type == Optional.class || type == OptionalInt.class || type == OptionalLong.class;
  }

  private ObjectNode currency() {
    components.put(
        CURRENCY, plain("string").put("pattern", "^[A-Z]{3}$").put("description", "ISO 4217 code"));
    return reference(CURRENCY);
  }

  private ObjectNode money() {
    if (claim("Money", Money.class)) {
      ObjectNode properties = JsonNodeFactory.instance.objectNode();
      properties.set(
          "amount",
          plain("integer", "int64")
              .put("minimum", 0)
              .put("maximum", Money.MOST)
              .put("description", "minor units: cents, yen, fils"));
      properties.set("currency", currency());
      ObjectNode schema = plain("object");
      schema.set("properties", properties);
      schema.putArray("required").add("amount").add("currency");
      components.put("Money", schema);
    }
    return reference("Money");
  }

  private ObjectNode text(Class<?> type, String form) {
    String name = name(type);
    if (claim(name, type)) {
      components.put(name, plain("string").put("pattern", "^(?:" + form + ")$"));
    }
    return reference(name);
  }

  private ObjectNode choice(Class<?> type) {
    String name = name(type);
    if (claim(name, type)) {
      ObjectNode schema = plain("string");
      ArrayNode values = schema.putArray("enum");
      for (Object each : type.getEnumConstants()) {
        values.add(((Enum<?>) each).name());
      }
      components.put(name, schema);
    }
    return reference(name);
  }

  private boolean claim(String name, Class<?> type) {
    Class<?> owner = owners.putIfAbsent(name, type);
    if (owner != null && owner != type) {
      throw new IllegalArgumentException("two types of one name: " + owner + " and " + type);
    }
    return owner == null;
  }

  /** The names of the classes around it and its own: {@code FundRequest}. */
  static String name(Class<?> type) {
    Class<?> around = type.getEnclosingClass();
    return (around == null ? "" : name(around)) + type.getSimpleName();
  }

  private static ObjectNode plain(String... typeAndFormat) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", typeAndFormat[0]);
    return typeAndFormat.length > 1 ? schema.put("format", typeAndFormat[1]) : schema;
  }

  private static ObjectNode orNull(ObjectNode schema) {
    ObjectNode either = JsonNodeFactory.instance.objectNode();
    either.putArray("anyOf").add(schema).add(plain("null"));
    return either;
  }

  static ObjectNode reference(String component) {
    return JsonNodeFactory.instance.objectNode().put("$ref", "#/components/schemas/" + component);
  }
}
