package io.holdfast.payment.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * Records as JSON and back, strictly: each name once, none that is unknown, none missing but what
 * is {@link java.util.Optional}, no number in place of a text. Times are ISO 8601.
 *
 * <p>Types with one component, such as {@link AccountId}, are written as that.
 */
public final class Json {

  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  private static ObjectMapper mapper() {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .addModule(new JsonValues())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            // A record is its components; what else it can say is not a part of it.
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    ObjectMapper mapper = builder.build();
    for (CoercionInputShape shape :
        new CoercionInputShape[] {
          CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
        }) {
      mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }

  /**
   * Reads one record and nothing after it.
   *
   * @throws IllegalArgumentException if it is anything else, naming the field, and quoting nothing
   */
  public static <T> T read(String json, Class<T> type) {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new IllegalArgumentException("the body must be a JSON object");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(explained(e), e);
    }
  }

  /** Writes a record; the fields in alphabetical order. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that is no JSON: " + value.getClass(), e);
    }
  }

  private static String explained(JsonProcessingException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException || cause instanceof java.time.DateTimeException) {
      return at(e) + cause.getMessage();
    }
    if (e.getOriginalMessage().startsWith("Duplicate field")) {
      return "the body names a field twice";
    }
    return e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
        ? at(e) + "missing, unknown, or not of its type"
        : "the body must be a JSON object with the fields of this request, and nothing after it";
  }

  private static String at(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping)) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference each : mapping.getPath()) {
      if (each.getFieldName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(each.getFieldName());
      } else {
        path.append('[').append(each.getIndex()).append(']');
      }
    }
    // A client's own field name may be anything: what is unusual is not quoted.
    return path.isEmpty() || !path.toString().matches("[A-Za-z0-9_.\\[\\]]{1,100}")
        ? ""
        : "the field " + path + ": ";
  }
}
