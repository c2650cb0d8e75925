"""One column definition for page, phone and Excel."""

import re
from urllib.parse import quote

from django.test import Client


def test_cells_carry_their_heading_for_the_phone(page_client: Client) -> None:
    page = page_client.get("/list").content.decode()
    assert page.count('<td data-label="班级"') == 25
    assert "第 1 页，共 3 页" in page
    assert "共 <b>60</b> 名学生" in page


def test_sorting_says_which_way(page_client: Client) -> None:
    page = page_client.get("/list?sort=-talks").content.decode()
    assert 'aria-sort="descending"' in page
    talks = re.findall(r'data-label="谈话次数"[^>]*>(\d)<', page)
    assert talks == sorted(talks, reverse=True)


def test_filter_survives_sorting_paging_and_excel(page_client: Client) -> None:
    page = page_client.get("/list?state=待匹配").content.decode()
    assert "共 <b>20</b>" in page
    kept = f"state={quote('待匹配')}"
    for link in re.findall(r'href="(\?[^"]+)"', page):
        assert kept in link
    assert re.search(r'href="\?[^"]*format=xlsx[^"]*" download', page)


def test_a_page_too_far_shows_the_last(page_client: Client) -> None:
    assert "第 3 页" in page_client.get("/list?page=99").content.decode()
    assert "第 1 页" in page_client.get("/list?page=x").content.decode()


def test_nothing_found_offers_to_clear(page_client: Client) -> None:
    page = page_client.get("/list?group=zz").content.decode()
    assert "没有符合这些条件的" in page
    assert re.search(r'<a class="button" href="/list">\s*清除条件', page)
