package io.holdfast.spi;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import java.util.Optional;

/**
 * A key as it stood at some revision.
 *
 * @param key where it is
 * @param payload what it holds
 * @param created when it came to be; a key deleted and put again has a new one
 * @param modified when it was last put
 * @param session the {@link Session#id} it lives and dies with, or empty if it is permanent
 */
public record Entry(
    Key key, Payload payload, Revision created, Revision modified, Optional<String> session) {}
