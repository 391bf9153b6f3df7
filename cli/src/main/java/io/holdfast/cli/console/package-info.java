/**
 * What the commands have in common: {@code Connection} is which cluster they speak to, {@code
 * Listing} prints what they found, as a table or as JSON.
 */
@NullMarked
package io.holdfast.cli.console;

import org.jspecify.annotations.NullMarked;
