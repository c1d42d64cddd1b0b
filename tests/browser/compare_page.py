"""The Compare page in a browser: how a test reads what its columns show."""

import re

from playwright.sync_api import Page, expect


def text(page: Page, column: int):
    return page.get_by_role("region", name=re.compile(f"^Column {column + 1}, "))


def written(page: Page, column: int) -> str:
    return "".join(text(page, column).locator(".written").all_text_contents())


def wait_until_written(page: Page, characters: int, columns: int = 4) -> None:
    for column in range(columns):
        expect(text(page, column).locator(".written span").nth(characters - 1)).to_be_attached()
