/** {@code holdfast gateway}: the options, and which doors they open. */
@NullMarked
package io.holdfast.gateway.command;

import org.jspecify.annotations.NullMarked;
