/** What the ways of committing have in common. For this module only. */
@NullMarked
package io.holdfast.transaction.internal;

import org.jspecify.annotations.NullMarked;
